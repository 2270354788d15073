import { crc32, deflateRawSync } from 'node:zlib';

/**
 * Texts as a ZIP archive (APPNOTE 6.3.10, deflate, UTF-8 names), every entry dated 1 January 1980 so that the same texts give the same bytes:
 * for each entry a local header and its bytes, then the directory, then the end record that says where the directory is.
 */
export const zip = (files: Readonly<Record<string, string>>): Buffer => {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path, 'utf8');
    const bytes = Buffer.from(text, 'utf8');
    const packed = deflateRawSync(bytes, { level: 9 });
    const facts = Buffer.alloc(26); // what local header and directory entry have in common
    facts.writeUInt16LE(20, 0); // version needed: 2.0
    facts.writeUInt16LE(0x0800, 2); // names are UTF-8
    facts.writeUInt16LE(8, 4); // deflate
    facts.writeUInt16LE(0x0021, 8); // 1980-01-01; the time before it is 0
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([signature(0x04034b50), facts, name, packed]);
    const rest = Buffer.alloc(14); // comment, disk, attributes: none
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([signature(0x02014b50), Buffer.from([20, 0]), facts, rest, name]));
    parts.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listing, signature(0x06054b50), end]);
};

const signature = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

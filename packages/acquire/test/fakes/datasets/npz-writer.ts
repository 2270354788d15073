import { crc32, deflateRawSync } from 'node:zlib';

/** A `.npy` of one string of bytes, as `np.array(pickle.dumps(…))` is saved. */
export const npyOfBytes = (bytes: Buffer): Buffer => {
  const text = `{'descr': '|S${bytes.length}', 'fortran_order': False, 'shape': (), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, bytes]);
};

/** An `.npz` of stored files, as `np.savez` writes it. */
export const npzFile = (files: Readonly<Record<string, Buffer>>): Buffer =>
  zipFile(Object.fromEntries(Object.entries(files).map(([key, content]) => [`${key}.npy`, content])), false);

/** A zip archive of these files, deflated or stored. */
export const zipFile = (files: Readonly<Record<string, Buffer>>, isPacked: boolean): Buffer => {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [key, content] of Object.entries(files)) {
    const name = Buffer.from(key);
    const stored = isPacked ? deflateRawSync(content) : content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(isPacked ? 8 : 0, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(stored.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, stored]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, name]));
    locals.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, listed, Buffer.from('PK\x05\x06', 'latin1'), end]);
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readXdfLength, xdfChunk, xdfLength } from './xdf-chunk.ts';
import { decodeXdfSamples, encodeXdfBlock, encodeXdfTexts } from './xdf-samples.ts';
import { clockPieces, effectiveRate, segmentFinder, stampReader } from './xdf-time.ts';
import { childOf, parseXml, textOf, xml } from './xdf-xml.ts';

const runs = { seed: 1, numRuns: 300 };

describe('lengths and chunks', () => {
  it('a length reads as it was written, and one that is cut off is short', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
        const bytes = xdfLength(value);
        expect(readXdfLength(bytes, 0)).toEqual({ value, next: bytes.length });
        for (let n = 0; n < bytes.length; n++) expect(readXdfLength(bytes.subarray(0, n), 0)).toBe('short');
      }),
      runs,
    );
  });

  it('a chunk is laid out as the format says', () => {
    expect([...xdfChunk(3, 0x01020304, Uint8Array.of(9))]).toEqual([1, 7, 3, 0, 4, 3, 2, 1, 9]);
    expect([...xdfChunk(5, undefined, Uint8Array.of(9, 8))]).toEqual([1, 4, 5, 0, 9, 8]);
    expect([...xdfChunk(1, undefined, new Uint8Array(300)).subarray(0, 7)]).toEqual([4, 0x2e, 1, 0, 0, 1, 0]);
  });
});

describe('samples', () => {
  const number = fc.double({ noNaN: true });

  it('a block comes back as it was, its time at the first sample only', () => {
    fc.assert(
      fc.property(number, fc.integer({ min: 1, max: 5 }), fc.array(number, { minLength: 1, maxLength: 20 }), (tmin, nChannels, row) => {
        const data = Float64Array.from({ length: nChannels * row.length }, (_, i) => row[i % row.length]! + Math.floor(i / row.length));
        const content = Buffer.concat([xdfLength(row.length), encodeXdfBlock(tmin, data, nChannels)]);
        const { stamps, values } = decodeXdfSamples(content, 'double64', nChannels)!;
        expect([...stamps]).toEqual([tmin, ...new Array(row.length - 1).fill(Number.NaN)]);
        values.forEach((value, i) => {
          expect(value).toBe(data[(i % nChannels) * row.length + Math.floor(i / nChannels)]);
        });
      }),
      runs,
    );
  });

  it('texts come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }), (texts) => {
        const content = Buffer.concat([xdfLength(1), encodeXdfTexts(2.5, texts)]);
        expect(decodeXdfSamples(content, 'string', texts.length)).toEqual({
          stamps: Float64Array.of(2.5),
          values: new Float64Array(0),
          texts,
        });
      }),
      runs,
    );
  });

  it('content that does not hold exactly what it says is refused, whatever it is', () => {
    const content = Buffer.concat([xdfLength(3), encodeXdfBlock(1, Float64Array.of(1, 2, 3), 1)]);
    for (let n = 0; n < content.length; n++) expect(decodeXdfSamples(content.subarray(0, n), 'double64', 1)).toBeUndefined();
    expect(decodeXdfSamples(Buffer.concat([content, Uint8Array.of(0)]), 'double64', 1)).toBeUndefined();
    // four thousand million samples in a few bytes cost no memory
    expect(decodeXdfSamples(Uint8Array.of(4, 255, 255, 255, 255, 0, 0), 'int8', 1)).toBeUndefined();
    const formats = ['double64', 'float32', 'int64', 'int32', 'int16', 'int8', 'string'] as const;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...formats), fc.integer({ min: 1, max: 3 }), (bytes, format, n) => {
        const samples = decodeXdfSamples(bytes, format, n);
        if (samples !== undefined) expect(samples.values.length + samples.texts.length).toBe(samples.stamps.length * n);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });
});

describe('times', () => {
  it('a measured offset is added, also after a reset of the clock', () => {
    const times = [0, 5, 10, 15, 20, 1000, 1005, 1010, 1015, 1020];
    const values = times.map((time) => (time < 500 ? 3 : -900));
    const timeOf = stampReader(10, clockPieces(times, values));
    expect(timeOf(2)).toBeCloseTo(5, 9);
    expect(timeOf(Number.NaN)).toBeCloseTo(5.1, 9);
    expect(timeOf(1002)).toBeCloseTo(102, 9);
  });

  it('a recording may last for weeks', () => {
    const times = Array.from({ length: 130_000 }, (_, i) => 5 * i);
    expect(clockPieces(times, new Array(times.length).fill(0.25))).toMatchObject([{ intercept: 0.25, slope: 0 }]);
  });

  it('one wrong measurement among many does not move the line', () => {
    const times = Array.from({ length: 40 }, (_, i) => 5 * i);
    const values = times.map((time, i) => 1 + 1e-5 * time + (i === 20 ? 0.02 : 0));
    expect(stampReader(0, clockPieces(times, values))(100)).toBeCloseTo(101.001, 4);
  });

  it('jitter is straightened, and a break of more than a second and 500 samples is kept', () => {
    const finder = segmentFinder(1000);
    for (let i = 0; i < 1000; i++) finder.add(i / 1000 + (i % 2) * 1e-3);
    for (let i = 0; i < 1000; i++) finder.add(10 + i / 1000);
    const segments = finder.end();
    expect(segments.map(({ first, last }) => [first, last])).toEqual([
      [0, 999],
      [1000, 1999],
    ]);
    expect(segments[0]!.step).toBeCloseTo(1e-3, 8);
    expect(segments[1]!.tmin).toBeCloseTo(10, 9);
    expect(effectiveRate(segments)).toBeCloseTo(1000, 1);
  });
});

describe('XML of headers', () => {
  it('what is written is read, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (said) => {
        const root = parseXml(xml('info', { name: said, desc: { channels: { channel: [{ label: 'a' }, { label: 'b' }] } } }));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 has no way to write
        expect(textOf(root, 'name')).toBe(said.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').trim());
        expect(childOf(root, 'desc', 'channels')!.children.map((channel) => textOf(channel, 'label'))).toEqual(['a', 'b']);
      }),
      runs,
    );
  });

  it('reads declarations, comments, attributes, CDATA, entities and empty elements', () => {
    const root = parseXml('<?xml version="1.0"?><!-- c --><info a="1"><x/><y b=\'2\'>1 &lt; &#65;&#x42;</y><z><![CDATA[<&>]]></z></info>');
    expect(root!.children.map(({ name, text }) => [name, text])).toEqual([
      ['x', ''],
      ['y', '1 < AB'],
      ['z', '<&>'],
    ]);
  });

  it('a run of brackets, as damage may leave it, costs no time', () => {
    expect(parseXml('<'.repeat(5000))).toBeUndefined(); // 15 s before
    expect(parseXml(`<a>${'<'.repeat(5000)}</a>`)).toMatchObject({ name: 'a', children: [] });
  });

  it('what is cut off or closed in the wrong order is no element', () => {
    for (const text of ['', '<info>', '<info><a></info>', '<a></b>', '</a>', '<a>'.repeat(1000)]) expect(parseXml(text)).toBeUndefined();
  });
});

import { type ByteSource, byteReader, damaged } from './byte-source.ts';
import { type ByteSpan, type SpanEncoding, textOf } from './byte-span.ts';
import { build, globalNamed, isSpan, type PickleMap, type PickleValue, reduced } from './pickle-globals.ts';

/** Objects a pickle may hold; the largest corpus file has a few thousand. */
const maxObjects = 1_000_000;

const mark = Symbol('mark');
type Slot = PickleValue | typeof mark;

/**
 * What a Python pickle of dicts, lists, numbers, texts and NumPy arrays holds: protocols 0 to 5, Python 2 and 3, NumPy 1 and 2. Nothing is
 * executed: the few names that arrays need are on a list, any other is refused. Array values stay in the source (`rowReader` reads them), so a
 * file of 1 GB takes a few kB. Throws `AcquireError('bad-file')` for anything that such a pickle does not hold, and for one that ends early.
 *
 * The opcodes are those of Python's `pickletools` documentation.
 */
export const readPickle = (source: ByteSource): PickleValue => {
  const { name } = source;
  const input = byteReader(source);
  const stack: Slot[] = [];
  const memo = new Map<number, PickleValue>();
  let nObjects = 0;
  let at = 0;

  const fail = (detail: string) => damaged(name, at, detail);
  const push = (value: Slot): void => {
    if (++nObjects > maxObjects) throw fail(`it holds more than ${maxObjects} objects`);
    stack.push(value);
  };
  const pop = (): PickleValue => {
    const value = stack.pop();
    if (value === undefined || value === mark) throw fail('an instruction has no operand');
    return value;
  };
  const top = (): PickleValue => {
    const value = stack.at(-1);
    if (value === undefined || value === mark) throw fail('an instruction has no operand');
    return value;
  };
  const popMark = (): PickleValue[] => {
    const from = stack.lastIndexOf(mark);
    if (from < 0) throw fail('an instruction has no mark');
    const values = stack.splice(from) as PickleValue[];
    return values.slice(1);
  };
  const unsigned = (nBytes: 1 | 2 | 4): number => input.bytes(nBytes).readUIntLE(0, nBytes);
  const length8 = (): number => {
    const length = Number(input.bytes(8).readBigUInt64LE());
    if (!Number.isSafeInteger(length)) throw fail('a length is impossible');
    return length;
  };
  const span = (length: number, encoding: SpanEncoding): ByteSpan => {
    if (length < 0) throw fail('a length is negative');
    const offset = input.position();
    input.skip(length);
    return { kind: 'bytes', source, offset, length, encoding };
  };
  const line = (encoding: SpanEncoding = 'raw'): ByteSpan => {
    const offset = input.position();
    return { kind: 'bytes', source, offset, length: input.newline() - offset, encoding };
  };
  const lineNumber = (): number => {
    const text = textOf(line());
    if (!/^-?\d{1,15}$/.test(text)) throw fail(`expected a number, got '${text.slice(0, 40)}'`);
    return Number(text);
  };
  const quoted = (): ByteSpan => {
    const whole = line('escaped');
    const quotes = Buffer.alloc(2);
    if (whole.length < 2) throw fail('a string has no quotes');
    source.read(quotes.subarray(0, 1), whole.offset);
    source.read(quotes.subarray(1), whole.offset + whole.length - 1);
    if (quotes[0] !== quotes[1] || (quotes[0] !== 34 && quotes[0] !== 39)) throw fail('a string has no quotes');
    return { ...whole, offset: whole.offset + 1, length: whole.length - 2 };
  };
  const long = (nBytes: number): number | bigint => {
    if (nBytes > 8) throw fail('an integer has more than 8 bytes');
    let value = 0n;
    const bytes = input.bytes(nBytes);
    for (let i = nBytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    const signed = BigInt.asIntN(nBytes * 8, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  };
  const keep = (index: number): void => {
    if (memo.size > maxObjects) throw fail(`it refers to more than ${maxObjects} objects`);
    memo.set(index, top());
  };
  const recall = (index: number): PickleValue => {
    const value = memo.get(index);
    if (value === undefined) throw fail(`it refers to object ${index}, which it does not hold`);
    return value;
  };
  const setItems = (items: readonly PickleValue[]): void => {
    const map = top();
    if (!(map instanceof Map) || items.length % 2 !== 0) throw fail('it puts a key into something that is no dict');
    for (let i = 0; i < items.length; i += 2) {
      const key = isSpan(items[i]) ? textOf(items[i] as ByteSpan) : items[i];
      if (typeof key !== 'string' && typeof key !== 'number') throw fail('a key of a dict is neither text nor number');
      (map as PickleMap).set(key, items[i + 1]!);
    }
  };
  const append = (items: readonly PickleValue[]): void => {
    const list = top();
    if (!Array.isArray(list)) throw fail('it appends to something that is no list');
    for (const item of items) list.push(item);
  };
  const mapOf = (items: readonly PickleValue[]): void => {
    push(new Map());
    setItems(items);
  };
  const lineInteger = (): PickleValue => {
    const text = textOf(line());
    if (text === '00' || text === '01') return text === '01';
    if (!/^-?\d{1,19}L?$/.test(text)) throw fail(`expected an integer, got '${text.slice(0, 40)}'`);
    const value = Number(text.replace('L', ''));
    return Number.isSafeInteger(value) ? value : BigInt(text.replace('L', ''));
  };
  const lineFloat = (): number => {
    const text = textOf(line());
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value)) throw fail(`expected a number, got '${text.slice(0, 40)}'`);
    return value;
  };

  const instructions: Readonly<Record<number, () => void>> = {
    // Values.
    [code('N')]: () => push(null),
    136: () => push(true),
    137: () => push(false),
    [code('I')]: () => push(lineInteger()),
    [code('L')]: () => push(lineInteger()),
    [code('F')]: () => push(lineFloat()),
    [code('K')]: () => push(input.byte()),
    [code('M')]: () => push(unsigned(2)),
    [code('J')]: () => push(input.bytes(4).readInt32LE()),
    [code('G')]: () => push(input.bytes(8).readDoubleBE()),
    138: () => push(long(input.byte())),
    139: () => push(long(unsigned(4))),
    // Strings: Python 2 bytes, Python 3 bytes, bytearrays, texts.
    [code('S')]: () => push(quoted()),
    [code('T')]: () => push(span(input.bytes(4).readInt32LE(), 'raw')),
    [code('U')]: () => push(span(input.byte(), 'raw')),
    [code('B')]: () => push(span(unsigned(4), 'raw')),
    [code('C')]: () => push(span(input.byte(), 'raw')),
    142: () => push(span(length8(), 'raw')),
    150: () => push(span(length8(), 'raw')),
    [code('V')]: () => push(line('raw-unicode')),
    [code('X')]: () => push(span(unsigned(4), 'utf8')),
    140: () => push(span(input.byte(), 'utf8')),
    141: () => push(span(length8(), 'utf8')),
    // Collections.
    [code('(')]: () => push(mark),
    [code(')')]: () => push([]),
    [code('t')]: () => push(popMark()),
    133: () => push([pop()]),
    134: () => push([pop(), pop()].reverse()),
    135: () => push([pop(), pop(), pop()].reverse()),
    [code(']')]: () => push([]),
    [code('l')]: () => push(popMark()),
    [code('a')]: () => append([pop()]),
    [code('e')]: () => append(popMark()),
    [code('}')]: () => push(new Map()),
    [code('d')]: () => mapOf(popMark()),
    [code('s')]: () => setItems([pop(), pop()].reverse()),
    [code('u')]: () => setItems(popMark()),
    [code('0')]: () => void (stack.at(-1) === mark ? stack.pop() : pop()),
    // What was seen before.
    [code('p')]: () => keep(lineNumber()),
    [code('q')]: () => keep(input.byte()),
    [code('r')]: () => keep(unsigned(4)),
    148: () => keep(memo.size),
    [code('g')]: () => push(recall(lineNumber())),
    [code('h')]: () => push(recall(input.byte())),
    [code('j')]: () => push(recall(unsigned(4))),
    // NumPy.
    [code('c')]: () => push(globalNamed(name, textOf(line()), textOf(line()))),
    147: () => {
      const [symbol, module] = [pop(), pop()];
      if (!isSpan(symbol) || !isSpan(module)) throw fail('a global has no name');
      push(globalNamed(name, textOf(module), textOf(symbol)));
    },
    [code('R')]: () => {
      const given = pop();
      push(reduced(name, at, pop(), given));
    },
    [code('b')]: () => {
      const state = pop();
      build(name, at, top(), state);
    },
    // Protocol number and frames, which only tell how to buffer.
    128: () => {
      const protocol = input.byte();
      if (protocol > 5) throw fail(`it is written in pickle protocol ${protocol}, known are 0 to 5`);
    },
    149: () => void length8(),
  };

  for (;;) {
    at = input.position();
    const opcode = input.byte();
    if (opcode === code('.')) {
      const value = pop();
      if (stack.length > 0 || input.position() !== source.size) throw fail('something follows its end');
      return value;
    }
    // `i` and `o` call a class by name, which must be refused by that name.
    if (opcode === code('i')) globalNamed(name, textOf(line()), textOf(line()));
    const instruction = instructions[opcode];
    if (instruction === undefined) throw fail(`instruction 0x${opcode.toString(16)} has no place in a pickle of arrays`);
    instruction();
  }
};

function code(character: string): number {
  return character.charCodeAt(0);
}

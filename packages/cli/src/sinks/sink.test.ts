import { describe, expect, test } from 'vitest';
import { block, estimate, paper, session } from '../../test/fakes.ts';
import { estimateMessage } from '../message.ts';
import { jsonl } from './jsonl.ts';
import { type Fail, type OpenSink, openSinks } from './sink.ts';

const counting = (name: string, heard: string[], { throwing = false } = {}): OpenSink => {
  return () => ({
    name,
    block: () => {
      if (throwing) throw new Error('out of ink');
      heard.push(name);
    },
    close: async () => void heard.push(`${name} closed`),
  });
};
const message = estimateMessage(session, 0, estimate(1))!;

describe('openSinks', () => {
  test('a sink that throws is closed and named; the others do not notice', async () => {
    const heard: string[] = [];
    const ended: string[] = [];
    const sinks = await openSinks([counting('a', heard), counting('b', heard, { throwing: true }), counting('c', heard)], (name, reason) =>
      ended.push(`${name}: ${reason}`),
    );
    sinks.block(block(0));
    sinks.block(block(10));
    await sinks.close(0);
    expect(ended).toEqual(['b: out of ink']);
    expect(heard).toEqual(['a', 'b closed', 'c', 'a', 'c', 'a closed', 'c closed']);
  });

  test('a sink that fails ends once, however often it says so', async () => {
    const ended: string[] = [];
    let fail: Fail = () => {};
    const sinks = await openSinks(
      [
        (told) => {
          fail = told;
          return { name: 'a', close: async () => {} };
        },
      ],
      (name) => ended.push(name),
    );
    fail('gone');
    fail('gone');
    expect(ended).toEqual(['a']);
    expect(sinks.live()).toEqual([]);
  });
});

describe('jsonl', () => {
  test('writes one message a line', async () => {
    const stream = paper();
    const sinks = await openSinks([jsonl(stream)], () => {});
    sinks.estimate(estimate(1), message);
    sinks.estimate(estimate(2), message);
    await sinks.close(0);
    expect(stream.text).toBe(`${JSON.stringify(message)}\n`.repeat(2));
  });

  test.each([
    ['EPIPE', 'its reader went away'],
    ['ENOSPC', 'the disk is full; free some space and start again'],
  ])('%s ends this sink and says why', async (code, reason) => {
    const stream = Object.assign(paper(), { fail: code });
    const ended: string[] = [];
    const sinks = await openSinks([jsonl(stream)], (_, why) => ended.push(why));
    sinks.estimate(estimate(1), message);
    await new Promise((done) => stream.once('close', done));
    sinks.estimate(estimate(2), message);
    await sinks.close(0);
    expect(ended).toEqual([reason]);
  });
});

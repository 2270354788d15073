import { expect, test } from 'vitest';
import { estimate, paper, session } from '../test/fakes.ts';
import { openLog } from './log.ts';
import { noLosses } from './losses.ts';
import { estimateMessage } from './message.ts';
import { statusLog } from './status-log.ts';

test('tells of a link once for each thing that happens to it, of the first estimate, and how it stood at the end', async () => {
  const out = paper();
  const log = await openLog({ level: 'info', format: 'json', out, scrub: (line) => line });
  const sink = await statusLog(log, { losses: () => noLosses, states: () => ['mqtt 3 sent'] })(() => {});
  const link = (state: 'open' | 'lost' | 'retrying', detail: string): void =>
    sink.report?.({ kind: 'link', uri: 'ble:#1234', state, detail });
  for (let i = 0; i < 50; i++) {
    link('lost', 'nobody there');
    link('retrying', 'nobody there');
  }
  link('open', 'it delivers');
  link('lost', 'nobody there');
  link('lost', 'somebody else has it');
  for (const index of [1, 2]) sink.estimate?.(estimate(index), estimateMessage(session, index, estimate(index))!);
  await sink.close(0);
  const said = out.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(said.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
    'warn nobody there',
    'info it delivers',
    'warn nobody there',
    'warn somebody else has it',
    'info The first estimate',
    'info Status',
  ]);
  expect(said.at(-1)).toMatchObject({ estimates: 2, losses: 'no losses', outputs: ['mqtt 3 sent'] });
});

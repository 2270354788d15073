import { expect, test } from 'vitest';
import { session } from '../../test/fakes.ts';
import type { MarkMessage } from '../message.ts';
import { sessionMarks } from './session-marks.ts';

const marksOf = () => {
  const told: string[] = [];
  let nowSec = 1;
  const marks = sessionMarks(session, () => nowSec++, { tell: (label, text) => told.push(`${label} ${text}`) });
  return { marks, told };
};

test('every listener hears every mark in order, whenever it began to listen', () => {
  const { marks } = marksOf();
  const [first, second]: MarkMessage[][] = [[], []];
  marks.hear((mark) => first.push(mark));
  expect(marks.set('eyes\nclosed', 'http')).toEqual({ atSec: 1, text: 'eyes closed' });
  marks.hear((mark) => second.push(mark));
  marks.set('', 'keys');
  expect(first.map(({ seq, t_sec, text, session: id }) => [id, seq, t_sec, text])).toEqual([
    ['test-session', 0, 1, 'eyes closed'],
    ['test-session', 1, 2, 'mark'],
  ]);
  expect(second).toEqual(first);
});

test('who listens late hears the last hundred', () => {
  const { marks } = marksOf();
  for (let i = 0; i < 150; i++) marks.set(`${i}`, 'mqtt');
  const heard: number[] = [];
  marks.hear(({ seq }) => heard.push(seq));
  expect([heard.length, heard[0], heard.at(-1)]).toEqual([100, 50, 149]);
});

test('that a mark was set is told, what it says is not', () => {
  const { marks, told } = marksOf();
  marks.set('Anna is angry', 'http');
  expect(told).toEqual(['Mark 1.000 s  (http)']);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakeTable } from '../../test/fake-table.ts';
import { ModelError } from '../errors.ts';
import { foldsOf, innerFolds, leftOut } from './folds.ts';
import { findProtocol, protocols } from './protocols.ts';

const honest = protocols.filter(({ kind }) => kind === 'honest');
const shapes = fc.record({
  subjects: fc.integer({ min: 4, max: 6 }),
  sessions: fc.integer({ min: 2, max: 3 }),
  trials: fc.integer({ min: 5, max: 9 }),
  windows: fc.integer({ min: 1, max: 4 }),
});

describe('folds', () => {
  test.each(honest.map((protocol) => [protocol.name, protocol] as const))(
    '%s keeps apart what it says, whatever the data',
    (_, protocol) => {
      fc.assert(
        fc.property(shapes, (shape) => {
          const table = fakeTable(shape);
          const groupOf = { trials: table.trial, sessions: table.session, subjects: table.subject, windows: table.trial }[protocol.apart];
          for (const { train, validate, test: tested } of foldsOf(protocol, table)) {
            const groups = [train, validate, tested].map((rows) => new Set(Array.from(rows, (row) => groupOf[row])));
            for (const group of groups[2]) expect(groups[0].has(group) || groups[1].has(group)).toBe(false);
            for (const group of groups[1]) expect(groups[0].has(group)).toBe(false);
            if (protocol.trainedOn === 'each subject')
              expect(new Set(Array.from([...train, ...tested], (row) => table.subject[row])).size).toBe(1);
          }
        }),
        { numRuns: 20, seed: 1 },
      );
    },
  );

  test.each(['within-subject/trial-disjoint', 'leave-one-session-out', 'leave-one-subject-out', 'paper:pinn'])(
    '%s tests every window once',
    (name) => {
      const table = fakeTable({ subjects: 4, sessions: 2, trials: 5, windows: 3 });
      const tested = foldsOf(findProtocol(name), table).flatMap((fold) => Array.from(fold.test));
      expect(tested.sort((a, b) => a - b)).toEqual(Array.from({ length: table.nRows }, (_, row) => row));
    },
  );

  test('the published protocol drops a tenth and puts windows of one trial on both sides', () => {
    const table = fakeTable({ subjects: 4, trials: 5, windows: 10 });
    const folds = foldsOf(findProtocol('paper:rbtransformer'), table);
    expect(folds.map(({ train, test: tested }) => train.length + tested.length)).toEqual([180, 180, 180, 180, 180]);
    const [{ train, test: tested }] = folds;
    const known = new Set(Array.from(train, (row) => table.trial[row]));
    expect(Array.from(tested).filter((row) => known.has(table.trial[row])).length).toBe(tested.length);
  });

  test('LibEER deals 60, 20 and 20 in a hundred, every class in every part', () => {
    const table = fakeTable({ subjects: 10, trials: 10, windows: 2 });
    const [bySubject] = foldsOf(findProtocol('libeer/by-subject'), table);
    expect([bySubject.train, bySubject.validate, bySubject.test].map((rows) => rows.length / 20)).toEqual([6, 2, 2]);
    for (const { train, validate, test: tested } of foldsOf(findProtocol('libeer/by-trial'), table)) {
      expect([train, validate, tested].map((rows) => rows.length / 2)).toEqual([6, 2, 2]);
      for (const rows of [train, validate, tested]) expect(new Set(Array.from(rows, (row) => table.label.values[row])).size).toBe(2);
    }
  });

  test('the same table gives the same folds', () => {
    const table = fakeTable({ subjects: 5, sessions: 2, trials: 6, windows: 3 });
    for (const protocol of protocols) expect(foldsOf(protocol, table)).toEqual(foldsOf(protocol, table));
  });

  test('choices inside a fold keep the same things apart and never touch the test', () => {
    const table = fakeTable({ subjects: 5, sessions: 2, trials: 6, windows: 3 });
    for (const protocol of honest.filter(({ selection }) => selection === 'nested')) {
      const [fold] = foldsOf(protocol, table);
      const parts = innerFolds(protocol, table, fold.train, 3);
      expect(parts.length).toBeGreaterThan(1);
      const tested = new Set(fold.test);
      for (const { learn, choose } of parts) {
        expect([...learn, ...choose].some((row) => tested.has(row))).toBe(false);
        const trials = new Set(Array.from(learn, (row) => table.trial[row]));
        expect(Array.from(choose).some((row) => trials.has(table.trial[row]))).toBe(false);
      }
    }
  });

  test('who has one session only is left out where sessions are kept apart, and told', () => {
    const table = fakeTable({ subjects: 3, sessions: 2, trials: 4, windows: 2 });
    const first = table.session[table.subject.indexOf(1)];
    const session = table.session.map((of, row) => (table.subject[row] === 1 ? first : of));
    const folds = foldsOf(findProtocol('leave-one-session-out'), { ...table, session });
    expect(leftOut({ ...table, session }, folds)).toEqual([table.subjects[1]]);
    expect(folds).toHaveLength(4);
    expect(leftOut(table, foldsOf(findProtocol('leave-one-session-out'), table))).toEqual([]);
  });

  test('data that cannot be split are refused with what is missing, an unknown protocol with the nearest', () => {
    const oneSession = fakeTable({ subjects: 3, trials: 4, windows: 2 });
    expect(() => foldsOf(findProtocol('leave-one-session-out'), oneSession)).toThrow(
      /keeps sessions apart and there are too few \(3 subjects, 3 sessions/,
    );
    expect(() => findProtocol('leave-one-subjct-out')).toThrow(ModelError);
    expect(() => findProtocol('leave-one-subjct-out')).toThrow("'leave-one-subject-out'");
  });
});

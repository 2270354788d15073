import { describe, expect, test } from 'vitest';
import { card, estimate, session, vector } from '../test/fakes.ts';
import { estimateMessage, featureMessage, markMessage, sessionMessage, topics, wireName } from './message.ts';

describe('estimateMessage', () => {
  test('is the documented JSON', () => {
    expect(JSON.stringify(estimateMessage(session, 7, estimate(25)))).toBe(
      '{"schema":"affect.estimate/1","session":"test-session","seq":7,"t_sec":12.5,"t_start_sec":11.5,"time":"2023-11-14T22:13:32.500Z",' +
        `"model":{"name":"made-up","version":"1.0.0","sha256":"${'ab'.repeat(32)}"},"values":{"arousal":0.123457,"scl_microsiemens":3},` +
        '"uncertainty":{"arousal":null,"scl_microsiemens":null},"quality":0.9,"simulated":{"input":true,"model":true},"pairing":null,"historical":false}',
    );
  });

  test('every value has the interval that its card tells', () => {
    const [arousal, scl] = card.outputs;
    const uncertainty = { kind: 'relative-error', edges: [], intervals: [[0.5, 1.123456789]], protocol: 'made up' } as const;
    const known = { ...card, outputs: [arousal, { ...scl, uncertainty }] };
    expect(estimateMessage(session, 0, { ...estimate(1), card: known })?.uncertainty).toEqual({
      arousal: null,
      scl_microsiemens: [1.5, 3.37037],
    });
    expect(sessionMessage(session, [known]).models[0].outputs.map((output) => output.uncertainty)).toEqual([
      null,
      { kind: 'relative-error', protocol: 'made up' },
    ]);
  });

  test('an estimate with a number that is none is not sent', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) expect(estimateMessage(session, 0, estimate(1, [0.5, bad]))).toBeUndefined();
    expect(estimateMessage(session, 0, { ...estimate(1), quality: Number.NaN })).toBeUndefined();
    expect(estimateMessage(session, 0, estimate(1, [0.5]))).toBeUndefined();
  });

  test('a real wearer and a model trained on people are not called simulated', () => {
    const message = estimateMessage({ ...session, simulated: false }, 0, {
      ...estimate(1),
      card: { ...card, trainedOn: { ...card.trainedOn, simulated: false } },
    });
    expect(message?.simulated).toEqual({ input: false, model: false });
  });

  test('the time is null where nobody knows when it was', () => {
    const { startUnixSec: _, ...timeless } = session;
    expect(estimateMessage(timeless, 0, estimate(1))?.time).toBeNull();
  });

  test('a pairing of different recordings is said in every message', () => {
    expect(estimateMessage({ ...session, pairing: 'paired' }, 0, estimate(1))?.pairing).toBe('paired');
  });
});

describe('featureMessage', () => {
  test('carries unit, axes and row-major values, and is not sent with a number that is none', () => {
    expect(featureMessage(session, 3, vector(4))).toMatchObject({
      seq: 3,
      t_sec: 2,
      feature: 'mean',
      unit: 'µV',
      signal: 'eeg',
      values: [1, 2],
    });
    expect(featureMessage(session, 3, vector(4, [1, Number.NaN]))).toBeUndefined();
  });
});

describe('sessionMessage', () => {
  test('says what the models are, what they were made from and that it is no medical advice', () => {
    expect(sessionMessage(session, [card])).toMatchObject({
      session: 'test-session',
      started: '2023-11-14T22:13:20.000Z',
      models: [
        { name: 'made-up', simulated: true, limits: 'Everything else.', outputs: [{ key: 'arousal' }, { key: 'scl_microsiemens' }] },
      ],
      notice: expect.stringContaining('not medical advice'),
    });
  });
});

test('the session says what its estimates are for, and null where nobody said it', () => {
  expect(sessionMessage({ ...session, intendedUse: 'research' }, []).intended_use).toBe('research');
  expect(sessionMessage(session, []).intended_use).toBeNull();
});

test('a mark is the documented JSON', () => {
  expect(JSON.stringify(markMessage(session, 2, 12.5, 'eyes "closed"'))).toBe(
    '{"schema":"affect.mark/1","session":"test-session","seq":2,"t_sec":12.5,"time":"2023-11-14T22:13:32.500Z",' +
      '"text":"eyes \\"closed\\"","simulated":{"input":true},"historical":false}',
  );
});

describe('names on the wire', () => {
  test('units are part of the name, once', () => {
    expect(wireName({ name: 'scl', unit: 'µS' })).toBe('scl_microsiemens');
    expect(wireName({ name: 'scl_microsiemens', unit: 'µS' })).toBe('scl_microsiemens');
    expect(wireName({ name: 'arousal', unit: '1' })).toBe('arousal');
  });

  test('no name can break out of its level of the topic tree', () => {
    expect(topics('a/+/#').root).toBe('affect/a-');
    expect(topics('demo').estimate('my model/2')).toBe('affect/demo/estimate/my-model-2');
    expect(topics('demo').feature('eeg', 'band-de')).toBe('affect/demo/feature/eeg/band-de');
  });
});

import { get } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { block, estimate, model } from '../test/fakes.ts';
import { healthMessage } from './health.ts';
import { metricsServer, openMeter, prometheusText } from './metrics.ts';

const secret = 'ble:AA:BB:CC:DD:EE:FF';
const used = () => {
  let now = 12;
  const meter = openMeter({ clock: () => now });
  meter.watch(
    () => ({ published: 9, acknowledged: 7, repeated: 1, refused: 0, inFlight: 2, connected: true, reconnects: 3, skipped: 0 }),
    () => ({ depth: 2, bytes: 800, oldestSec: 1.5, pushed: 9, acknowledged: 7, dropped: 4 }),
  );
  meter.listener.block(block(0));
  meter.listener.block(block(10));
  // of the message nothing is counted
  meter.listener.estimate(estimate(20), {} as never);
  meter.listener.report({ kind: 'gap', signal: 'eeg', lost: 5, exact: true, beforeSample: 20, atSec: 1 });
  meter.listener.report({ kind: 'link', uri: secret, state: 'retrying', detail: `${secret} gone` });
  meter.listener.report({ kind: 'battery', device: 'muse-2', fraction: 0.5 });
  meter.timed(model).predict([]);
  now = 13;
  return meter;
};

describe('a meter', () => {
  test('counts samples, estimates, losses, and how late the newest estimate was', () => {
    const { samples, estimates, losses, lagSec, battery, modelMs } = used().snapshot();
    expect({ samples, estimates, lagSec, battery }).toEqual({
      samples: { eeg: 20 },
      estimates: { 'made-up': 1 },
      lagSec: 2,
      battery: { 'muse-2': 0.5 },
    });
    expect(losses).toMatchObject({ lostSamples: { eeg: 5 }, reconnects: 1 });
    expect(modelMs['made-up']).toMatchObject({ count: 1 });
  });

  test('a snapshot stays as it was taken', () => {
    const meter = used();
    const before = meter.snapshot();
    meter.listener.block(block(20));
    expect(before.samples).toEqual({ eeg: 20 });
  });

  test('a timed model predicts what the model predicts', () => {
    expect(openMeter().timed(model).predict([])).toEqual(model.predict([]));
  });
});

describe('prometheusText', () => {
  test('is the text format: help and type once, then the samples, no address anywhere', () => {
    const text = prometheusText(used().snapshot());
    expect(text).toContain(
      '# HELP affect_samples_lost_total Samples missing.\n# TYPE affect_samples_lost_total counter\naffect_samples_lost_total{signal="eeg"} 5\n',
    );
    expect(text).toContain('affect_links_down 1\n');
    expect(text).toContain('affect_outbox_messages 2\n');
    expect(text).toContain('affect_battery_ratio{device="muse-2"} 0.5\n');
    expect(text).not.toContain('AA:BB');
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) affect_\w+ .+|affect_\w+(\{\w+="[^"\n]*"\})? -?[\d.e+-]+)$/);
    const names = text.match(/^# TYPE (\S+)/gm)!;
    expect(new Set(names).size).toBe(names.length);
  });

  test('a label can hold anything', () => {
    const meter = openMeter();
    meter.listener.report({ kind: 'battery', device: 'a"b\\c\nd', fraction: 1 });
    expect(prometheusText(meter.snapshot())).toContain('affect_battery_ratio{device="a\\"b\\\\c\\nd"} 1\n');
  });
});

describe('healthMessage', () => {
  test('is the documented JSON', () => {
    const { process: _, models, ...message } = healthMessage('s', new Date(0), used().snapshot());
    expect(message).toEqual({
      schema: 'affect.health/1',
      session: 's',
      time: '1970-01-01T00:00:00.000Z',
      line: {
        ...{
          samples: 20,
          lost_samples: 5,
          loss_percent: 20,
          bad_frames: 0,
          dropped: 0,
          reconnects: 1,
          links_down: 1,
          estimates: 1,
          lag_sec: 2,
        },
      },
      mqtt: { published: 9, acknowledged: 7, repeated: 1, refused: 0, reconnects: 3 },
      outbox: { depth: 2, bytes: 800, oldest_sec: 1.5, dropped: 4 },
      battery: { 'muse-2': 0.5 },
    });
    expect(Object.keys(models)).toEqual(['made-up']);
  });

  test('what nobody knows is null, nothing is not a number', () => {
    const text = JSON.stringify(healthMessage('s', new Date(0), openMeter().snapshot()));
    expect(JSON.parse(text)).toMatchObject({ mqtt: null, outbox: null, line: { lag_sec: null, loss_percent: 0 } });
    expect(text).not.toMatch(/NaN|Infinity/);
  });
});

describe('metricsServer', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());
  const ask = (url: string, headers: Record<string, string> = {}): Promise<{ status?: number; text: string }> =>
    new Promise((done, fail) => {
      get(url, { headers }, (response) => {
        let text = '';
        response.on('data', (piece) => (text += piece));
        response.on('end', () => done({ ...(response.statusCode !== undefined && { status: response.statusCode }), text }));
      }).on('error', fail);
    });

  test('gives the metrics on loopback, to who asks for loopback', async () => {
    const server = await metricsServer(0, used().snapshot);
    close = server.close;
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect(await ask(server.url)).toEqual({ status: 200, text: expect.stringContaining('affect_estimates_total{model="made-up"} 1') });
    expect((await ask(server.url.replace('/metrics', '/'))).status).toBe(404);
    expect((await ask(server.url, { Host: 'evil.example' })).status).toBe(421);
  });
});

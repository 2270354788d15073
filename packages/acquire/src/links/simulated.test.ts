import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { findDevice } from '../find-device.ts';
import type { Chunk } from '../link.ts';
import type { Report } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';
import { createWearer } from '../wearer/wearer.ts';
import { type SimulatedOptions, simulatedChunks, simulatedGsrOptions, simulatedLink } from './simulated.ts';

const cyton = findDevice('openbci-cyton').create();
const gsr = findDevice('gsr-lines').create(simulatedGsrOptions);

const firstChunks = (name: 'cyton' | 'gsr-lines', untilSec: number, options: SimulatedOptions = {}): Chunk[] => {
  const chunks: Chunk[] = [];
  for (const chunk of simulatedChunks(name, (name === 'cyton' ? cyton : gsr).wire, options)) {
    if (chunk.arrivedAt > untilSec) break;
    chunks.push(chunk);
  }
  return chunks;
};

const decoded = (name: 'cyton' | 'gsr-lines', chunks: readonly Chunk[]) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(chunks)
    .pipe((name === 'cyton' ? cyton : gsr).decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  return { blocks, reports };
};

describe('simulatedChunks', () => {
  it('the real Cyton decoder reads the wearer’s EEG out of it, to within half a count and at its time', () => {
    const { blocks, reports } = decoded('cyton', firstChunks('cyton', 20, { seed: 7 }));
    const truth = createWearer({ seed: 7 }).eeg({ channels: cyton.signals[0]!.montage.channels, sfreq: 250 })(20 * 250);
    const startSample = 0.8 * 250; // s, d and b take 0.8 s
    for (const { signal, firstSample, data, tmin } of blocks) {
      if (signal.id !== 'eeg') continue;
      const n = data.length / 8;
      expect(Math.abs(tmin - 0.8 - firstSample / 250)).toBeLessThan(0.045);
      for (let c = 0; c < 8; c++) {
        for (let t = 0; t < n; t++)
          expect(Math.abs(data[c * n + t]! - truth[c * 5000 + startSample + firstSample + t]!)).toBeLessThan(0.0112);
      }
    }
    expect(blocks.filter(({ signal }) => signal.id === 'eeg').reduce((sum, block) => sum + nTimesOf(block), 0)).toBeGreaterThan(4700);
    expect(reports).toEqual([{ kind: 'device-text', device: 'openbci-cyton', text: 'updating channel settings to default' }]);
  });

  it('the real line decoder reads the same wearer’s skin conductance, but for the line it joined in', () => {
    const { blocks, reports } = decoded('gsr-lines', firstChunks('gsr-lines', 30, { seed: 7 }));
    const values = blocks.flatMap(({ data }) => [...data]);
    const truth = [...createWearer({ seed: 7 }).eda({ sfreq: 4 })(120)].slice(1, 1 + values.length);
    expect(values).toHaveLength(118);
    expect(values).toEqual(truth.map((value) => expect.closeTo(value, 4)));
    expect(reports).toEqual([]);
  });

  it('the same options give the same chunks, another seed others', () => {
    expect(firstChunks('cyton', 3, { seed: 7, loss: 0.01 })).toEqual(firstChunks('cyton', 3, { seed: 7, loss: 0.01 }));
    expect(firstChunks('cyton', 3, { seed: 8 })).not.toEqual(firstChunks('cyton', 3, { seed: 7 }));
  });

  it('what is lost on purpose is counted by the decoder', () => {
    const { blocks, reports } = decoded('cyton', firstChunks('cyton', 60, { seed: 7, loss: 0.02 }));
    const given = blocks.filter(({ signal }) => signal.id === 'eeg').reduce((sum, block) => sum + nTimesOf(block), 0);
    const lost = reports.reduce((sum, report) => sum + (report.kind === 'gap' ? report.lost : 0), 0);
    expect(lost / (lost + given)).toBeGreaterThan(0.01);
    expect(lost / (lost + given)).toBeLessThan(0.03);
    expect(lost + given).toBeGreaterThan(59 * 250);
  });

  it('nothing is sent before b, and a board that is stopped stays silent', () => {
    const silent = { ...cyton.wire, start: cyton.wire.start.slice(0, 2) };
    let n = 0;
    for (const chunk of simulatedChunks('cyton', {
      ...silent,
      start: [
        ...silent.start,
        ...cyton.wire.start.slice(2),
        { endpoint: '', bytes: Buffer.from('s'), afterSec: 1 },
        { endpoint: '', bytes: Buffer.from('d'), afterSec: 1 },
      ],
    })) {
      expect(Buffer.from(chunk.bytes).toString()).toBe('updating channel settings to default$$$');
      if (++n === 2) break;
    }
  });
});

describe('the device simulated', () => {
  const channels = ['AF7', 'AF8', 'TP9', 'TP10', 'Oz'];
  const device = findDevice('simulated').create({ channels, sfreq: 256, edaSfreq: 8 });
  const decodedUntil = (untilSec: number, options: SimulatedOptions) => {
    const chunks: Chunk[] = [];
    for (const chunk of simulatedChunks('wearer', device.wire, options)) {
      if (chunk.arrivedAt > untilSec) break;
      chunks.push(chunk);
    }
    const blocks: SampleBlock[] = [];
    const reports: Report[] = [];
    from(chunks)
      .pipe(device.decode((report) => reports.push(report)))
      .subscribe((block) => blocks.push(block));
    return { blocks, reports };
  };

  it('measures the wearer at any montage and rate', () => {
    const { blocks, reports } = decodedUntil(10, { seed: 3 });
    const wearer = createWearer({ seed: 3 });
    const truth = wearer.eeg({ channels, sfreq: 256 })(2560);
    for (const { signal, firstSample, data } of blocks) {
      const n = data.length / signal.montage.channels.length;
      for (let t = 0; signal.id === 'eeg' && t < n; t++) expect(data[2 * n + t]).toBe(Math.fround(truth[2 * 2560 + firstSample + t]!));
    }
    const eda = blocks.filter(({ signal }) => signal.id === 'eda').flatMap(({ data }) => [...data]);
    expect(eda).toEqual([...wearer.eda({ sfreq: 8 })(eda.length)].map(Math.fround));
    expect(eda.length).toBeGreaterThan(75);
    expect(reports).toEqual([]);
  });

  it('another device on its far end is an error, not silence', () => {
    expect(() => simulatedChunks('wearer', cyton.wire).next()).toThrow(/understands the device 'simulated' only/);
  });

  it('counts what is lost', () => {
    const { blocks, reports } = decodedUntil(60, { seed: 3, loss: 0.02 });
    const given = blocks.reduce((sum, block) => sum + nTimesOf(block), 0);
    const lost = reports.reduce((sum, report) => sum + (report.kind === 'gap' && report.exact ? report.lost : 0), 0);
    expect(lost / (given + lost)).toBeCloseTo(0.02, 2);
    expect(given + lost).toBeGreaterThan(59 * 264);
  });
});

describe('simulatedLink', () => {
  it('plays the same chunks in real time, at any speed', async () => {
    const link = simulatedLink('simulated:cyton?seed=7&speed=1000', () => 0);
    const chunks = await new Promise<Chunk[]>((resolve) => {
      const taken: Chunk[] = [];
      const subscription = link.open(cyton.wire).subscribe((chunk) => {
        taken.push(chunk);
        if (chunk.arrivedAt > 5) {
          subscription.unsubscribe();
          resolve(taken);
        }
      });
    });
    expect(chunks.slice(0, -1)).toEqual(firstChunks('cyton', 5, { seed: 7 }));
  });

  it.each([
    ['simulated:cytn', /Nothing to simulate.*'cytn'.*Did you mean 'cyton'\?/],
    ['simulated:cyton?sed=7', /unknown setting 'sed'.*Did you mean 'seed'\?/],
    ['simulated:cyton?loss=2', /'loss'.*expected a number from 0 to 0.9, got '2'/],
    ['simulated:cyton?seed=', /'seed'.*got ''/],
  ])('refuses %s', (uri, message) => expect(() => simulatedLink(uri, () => 0)).toThrow(message));
});

import { describe, expect, it } from 'vitest';
import { transferMontage, transferShares } from './embedding-transfer.ts';
import type { Weights } from './safetensors.ts';
import { type ScalpPosition, scalpPosition } from './scalp-positions.ts';

const distance = (a: ScalpPosition, b: ScalpPosition): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const seed62 =
  'Fp1 Fpz Fp2 AF3 AF4 F7 F5 F3 F1 Fz F2 F4 F6 F8 FT7 FC5 FC3 FC1 FCz FC2 FC4 FC6 FT8 T7 C5 C3 C1 Cz C2 C4 C6 T8 TP7 CP5 CP3 CP1 CPz CP2 CP4 CP6 TP8 P7 P5 P3 P1 Pz P2 P4 P6 P8 PO7 PO5 PO3 POz PO4 PO6 PO8 O1 Oz O2'.split(
    ' ',
  );

describe('scalp positions', () => {
  it('every electrode lies on the sphere, at a place of its own', () => {
    const places = seed62.map(scalpPosition);
    for (const place of places) expect(Math.hypot(...place)).toBeCloseTo(0.095, 12);
    places.forEach((a, i) => {
      for (const b of places.slice(i + 1)) expect(distance(a, b)).toBeGreaterThan(0.01);
    });
  });

  it('odd numbers are left, even ones right, at mirrored places', () => {
    for (const [left, right] of [
      ['C3', 'C4'],
      ['F7', 'F8'],
      ['PO5', 'PO6'],
      ['Fp1', 'Fp2'],
    ]) {
      const [x, y, z] = scalpPosition(left);
      expect(x).toBeLessThan(0);
      scalpPosition(right).forEach((value, i) => {
        expect(value).toBeCloseTo([-x, y, z][i], 12);
      });
    }
  });

  it('a row runs evenly from the midline to the ring', () => {
    const row = ['Fz', 'F1', 'F3', 'F5', 'F7'].map(scalpPosition);
    const steps = row.slice(1).map((place, i) => distance(place, row[i]));
    for (const step of steps) expect(step).toBeCloseTo(steps[0], 12);
  });

  it('Cz is the crown, Fpz the forehead, T8 at the right ear', () => {
    expect(scalpPosition('cz')).toEqual([0, 0, 0.095]);
    expect(scalpPosition('Fpz')[1]).toBeCloseTo(0.095 * Math.sin(0.4 * Math.PI), 12);
    expect(scalpPosition('T8')[0]).toBeCloseTo(0.095 * Math.sin(0.4 * Math.PI), 12);
    expect(scalpPosition('T4')).toEqual(scalpPosition('T8'));
  });

  it('a name that is no electrode is refused', () => {
    expect(() => scalpPosition('X9')).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});

describe('moving an embedding to another montage', () => {
  const source = ['Fp1', 'Fp2', 'C3', 'C4', 'O1', 'O2'];
  const weights: Weights = new Map([
    ['electrode_id_embedding.embedding', { shape: [1, 6, 2], data: Float32Array.from({ length: 12 }, (_, i) => i) }],
    ['input_mean', { shape: [6, 1], data: Float32Array.from([0, 1, 2, 3, 4, 5]) }],
    ['classification_head.mlp.9.bias', { shape: [2], data: Float32Array.of(1, 2) }],
  ]);

  it('the shares of a target sum to 1 and the nearest source has most', () => {
    const target = ['Fp1', 'C4', 'PO7', 'F3'];
    const shares = transferShares(source, target);
    target.forEach((_, t) => {
      const row = [...shares.subarray(6 * t, 6 * t + 6)];
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(row.indexOf(Math.max(...row))).toBe([0, 3, 4, 0][t]);
    });
  });

  it('an embedding that is the same everywhere stays the same', () => {
    const even: Weights = new Map([['electrode_id_embedding.embedding', { shape: [1, 6, 1], data: new Float32Array(6).fill(0.25) }]]);
    for (const value of transferMontage(even, source, ['Pz', 'F7']).get('electrode_id_embedding.embedding')!.data)
      expect(value).toBeCloseTo(0.25, 6);
  });

  it('moves what belongs to electrodes and leaves the rest alone', () => {
    const moved = transferMontage(weights, source, ['Cz', 'Pz', 'T7']);
    expect(moved.get('electrode_id_embedding.embedding')!.shape).toEqual([1, 3, 2]);
    expect(moved.get('input_mean')!.shape).toEqual([3, 1]);
    expect(moved.get('classification_head.mlp.9.bias')).toEqual(weights.get('classification_head.mlp.9.bias'));
    // Cz lies midway between left and right: each pair shares alike
    const [cz] = moved.get('input_mean')!.data;
    const shares = transferShares(source, ['Cz']);
    expect(cz).toBeCloseTo((shares[0] + shares[1]) * 0.5 + (shares[2] + shares[3]) * 2.5 + (shares[4] + shares[5]) * 4.5, 5);
  });

  it('weights of another montage are refused', () => {
    expect(() => transferMontage(weights, ['Cz'], ['Pz'])).toThrow('The weights are for 6 electrodes, the source montage has 1.');
  });
});

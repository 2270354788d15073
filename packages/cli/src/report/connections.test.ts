import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecorder, openRecording } from '@affect-edge/acquire';
import { afterAll, describe, expect, it } from 'vitest';
import { eeg } from '../../test/fakes.ts';
import { connectionRemarks } from './connections.ts';

const folder = mkdtempSync(join(tmpdir(), 'connections-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('connections of a recorded session', () => {
  it('are counted by what happened, without the address of the device', async () => {
    const path = join(folder, 'session.xdf');
    const recorder = await createRecorder(path, { sources: [], signals: [eeg], clock: () => 1, session: { id: 'a' } });
    const link = (state: 'lost' | 'stalled' | 'open') =>
      recorder.report({ kind: 'link', uri: 'ble:AA:BB:CC:DD:EE:FF', state, detail: 'went away' });
    for (const state of ['open', 'lost', 'open', 'stalled', 'lost'] as const) link(state);
    await recorder.close();
    const found = await connectionRemarks([path], [await openRecording(path)]);
    expect(found).toEqual([
      { text: 'ble: connection lost', times: 2 },
      { text: 'ble: no samples for a while', times: 1 },
    ]);
  });
});

import { fileURLToPath } from 'node:url';
import { openRecording } from '@affect-edge/acquire';
import { expect, test } from 'vitest';
import { recordingSession } from './recording-session.ts';

const path = fileURLToPath(new URL('../../acquire/test/recordings/xdf/recorded.xdf', import.meta.url));

test('what the estimates are for is known in a replay where all its recordings say the same', async () => {
  const recording = await openRecording(path);
  const saying = (intendedUse?: string) => ({ ...recording, session: { ...recording.session, intendedUse } });
  const useOf = async (...uses: (string | undefined)[]) =>
    (
      await recordingSession(
        'replay',
        uses.map(saying),
        uses.map(() => path),
        { hopSec: 0.5, cards: [] },
      )
    ).intendedUse;
  expect(await useOf('research')).toBe('research');
  expect(await useOf('safety', 'safety')).toBe('safety');
  expect(await useOf('safety', 'research')).toBeUndefined();
  expect(await useOf('safety', undefined)).toBeUndefined();
  expect(await useOf(undefined)).toBeUndefined();
});

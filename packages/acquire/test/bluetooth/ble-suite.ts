import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BleLibrary } from '../../src/links/ble-uri.ts';
import { closeBluetooth } from '../../src/links/noble-load.ts';
import type { BleBench } from './ble-bench.ts';
import { findingTests } from './ble-finding.ts';
import { recoveryTests } from './ble-recovery.ts';
import { streamingTests } from './ble-streaming.ts';
import { missingForRig, RIG_PACKAGES, type Rig, startRig } from './rig.ts';

const skipped = process.env.AFFECT_NO_BLUETOOTH_RIG === '1';
const missing = missingForRig();
if (skipped) console.warn('\n*** The Bluetooth tests were NOT run: AFFECT_NO_BLUETOOTH_RIG=1 is set. ***\n');

/** All the Bluetooth tests, over one library. Each library has a test file, and so a process, of its own. */
export const bleSuite = (library: BleLibrary): void => {
  if (!skipped && missing.length > 0) {
    test('the Bluetooth rig can run', () => {
      expect.fail(
        `This machine lacks ${missing.join(', ')}. Run: ${RIG_PACKAGES} (or set AFFECT_NO_BLUETOOTH_RIG=1 to leave the Bluetooth tests out).`,
      );
    });
    return;
  }
  describe.skipIf(skipped)(`ble: over ${library}`, () => {
    let rig: Rig;
    beforeAll(async () => {
      rig = await startRig();
      process.env.BLUETOOTH_HCI_SOCKET_UART_PORT = rig.centralTty;
      process.env.BLUETOOTH_HCI_SOCKET_UART_BAUDRATE = '115200';
    });
    afterAll(async () => {
      await closeBluetooth();
      await rig?.stop();
    });

    const bench: BleBench = {
      library,
      rig: () => rig,
      uri: (name, more = '') => `ble:name=${name}?library=${library}&settle=0.05${more}`,
    };
    streamingTests(bench);
    recoveryTests(bench);
    findingTests(bench);
  });
};

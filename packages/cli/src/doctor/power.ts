import { type Check, type Finding, fail, ok, unknown, warn } from './finding.ts';

/** Bits of `vcgencmd get_throttled`; those 16 higher say that it has been so since the last start. */
const bits = [
  [0, 'the voltage is too low', 'the voltage was too low'],
  [1, 'the processor is slowed down', 'the processor was slowed down'],
  [2, 'the processor is throttled', 'the processor was throttled'],
  [3, 'it is too hot', 'it was too hot'],
] as const;
const supply = 'Use the power supply made for this board with a short, thick cable; move hungry USB devices to a powered hub.';
const cooling = 'Give it a heat sink or a fan, and take it out of closed boxes.';

/** Whether a Raspberry Pi gets the power and the cooling it needs, from its firmware. */
export const power: Check = async ({ machine: { text, run } }) => {
  const model = (await text('/proc/device-tree/model')).replaceAll('\0', '').trim();
  if (!/^Raspberry Pi/.test(model)) return [];
  const ran = await run('vcgencmd', 'get_throttled');
  const word = /throttled=0x([0-9a-f]+)/i.exec(ran?.out ?? '')?.[1];
  if (word === undefined) {
    return [
      unknown('power', `${model}: the firmware does not tell (vcgencmd ${ran === undefined ? 'is missing' : 'is not allowed'})`, {
        command: 'sudo vcgencmd get_throttled',
      }),
    ];
  }
  return [judgeThrottled(Number.parseInt(word, 16), model)];
};

/** The finding for a throttling word of the firmware. */
export const judgeThrottled = (word: number, model: string): Finding => {
  const isSet = (bit: number): boolean => ((word >>> bit) & 1) === 1;
  const now = bits.flatMap(([bit, says]) => (isSet(bit) ? [says] : []));
  const before = bits.flatMap(([bit, , says]) => (isSet(bit + 16) && !isSet(bit) ? [says] : []));
  if (now.length + before.length === 0) return ok('power', `${model}: enough power, not too hot, since the last start`);
  const action = isSet(0) || isSet(16) ? supply : cooling;
  const says = [...now, ...before.map((past) => `${past} since the last start`)].join(', ');
  return now.length > 0 ? fail('power', says, { action }) : warn('power', says, { action });
};

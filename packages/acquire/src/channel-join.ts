/**
 * Sensors that send one channel a packet (a Muse sends TP9, AF7, … one after the other) count their packets: those with the same number belong
 * together. The join puts them together and never waits for long: BLE keeps the order within one characteristic, so a channel that has gone on
 * to a later number will not deliver an earlier one, and a channel that says nothing at all is waited for `patience` packets at most.
 */
export interface ChannelJoinOptions {
  readonly nChannels: number;
  /** Samples of one channel in one packet. */
  readonly nTimes: number;
  /** The packet number goes from `modulus − 1` to 0. */
  readonly modulus: number;
  /** How many packets of the other channels to wait for a silent one. */
  readonly patience: number;
  /** After how many packets of the others a silent channel is dead, and no longer waited for. */
  readonly deadAfter: number;
  /** All live channels of packet `number`: (nChannels, nTimes), row-major, 0 in the rows of dead channels; only valid during the call. */
  readonly joined: (number: number, data: Float64Array) => void;
  /** A channel died, or came back. */
  readonly changed: (channel: number, alive: boolean) => void;
}

export interface ChannelJoin {
  /** The place for the samples of `channel` in packet `number`: fill `data[offset … offset + nTimes)`, then call `settle`. Undefined: too late. */
  readonly place: (channel: number, number: number) => { readonly data: Float64Array; readonly offset: number } | undefined;
  /** Hands out what has become whole, and gives up what cannot become so. */
  readonly settle: () => void;
}

interface Slot {
  readonly data: Float64Array;
  readonly offset: number;
}

/** A join for one subscription. A packet that one live channel lacks is given up whole: a hole, which the packet numbers tell of. */
export const channelJoin = (options: ChannelJoinOptions): ChannelJoin => {
  const { nChannels, nTimes, modulus, patience, deadAfter, joined, changed } = options;
  const nSlots = patience + 1;
  const slots = Array.from({ length: nSlots }, () => new Float64Array(nChannels * nTimes));
  const places: Slot[] = slots.flatMap((data) => Array.from({ length: nChannels }, (_, c) => ({ data, offset: c * nTimes })));
  const arrived = Array.from({ length: nSlots }, () => new Uint8Array(nChannels));
  const alive = new Array<boolean>(nChannels).fill(true);
  const heard = new Float64Array(nChannels); // newest packet of each channel, unwrapped
  const silence = new Array<number>(nChannels).fill(0); // steps of the packet number since each channel was heard
  let head = 0; // oldest packet not yet decided, unwrapped
  let newest = -1; // newest packet of any channel
  let started = false;

  const restart = (number: number) => {
    started = true;
    head = number;
    newest = number;
    heard.fill(number - 1);
    for (const marks of arrived) marks.fill(0);
    for (const data of slots) data.fill(0);
  };

  const unwrapped = (number: number): number => {
    const ahead = (((number - newest) % modulus) + modulus) % modulus;
    return newest + (ahead < modulus / 2 ? ahead : ahead - modulus);
  };

  /** Whether all live channels of the head are there (`whole`), it can still become so (`open`) or not (`lost`). */
  const state = (): 'whole' | 'open' | 'lost' => {
    const marks = arrived[head % nSlots]!;
    let answer: 'whole' | 'open' = 'whole';
    for (let c = 0; c < nChannels; c++) {
      if (!alive[c] || marks[c] === 1) continue;
      if (heard[c]! >= head || newest - head >= patience) return 'lost';
      answer = 'open';
    }
    return answer;
  };

  /** Decides packets in order as far as `last`, or until one may still become whole. */
  const decide = (last: number) => {
    for (let steps = 0; head <= last; steps++, head++) {
      if (steps > nSlots) {
        head = last + 1; // nothing is kept from so far back
        return;
      }
      const now = state();
      if (now === 'open') return;
      const slot = head % nSlots;
      if (!arrived[slot]!.includes(1)) continue;
      if (now === 'whole') joined(head % modulus, slots[slot]!);
      slots[slot]!.fill(0);
      arrived[slot]!.fill(0);
    }
  };

  return {
    place: (channel, number) => {
      if (!started) restart(number);
      let at = unwrapped(number);
      if (at < newest - deadAfter) {
        restart(number); // the device began to count anew
        at = number;
      }
      if (at < head) return undefined;
      if (at > newest) {
        newest = at;
        for (let c = 0; c < nChannels; c++) silence[c]!++;
      }
      heard[channel] = Math.max(heard[channel]!, at);
      silence[channel] = 0;
      if (!alive[channel]) {
        alive[channel] = true;
        changed(channel, true);
      }
      decide(at - nSlots); // frees the slot this packet goes to
      arrived[at % nSlots]![channel] = 1;
      return places[(at % nSlots) * nChannels + channel];
    },
    settle: () => {
      for (let c = 0; c < nChannels; c++) {
        if (!alive[c] || silence[c]! < deadAfter) continue;
        alive[c] = false;
        changed(c, false);
      }
      decide(newest);
    },
  };
};

import type { Command, Option } from 'commander';
import { hopSec } from '../config.ts';

/** `--hop`, 500 ms unless said. */
export const hop = (affect: Command, what = 'time between estimates'): Option =>
  affect.createOption('--hop <duration>', what).argParser(hopSec).default(0.5, '500ms');

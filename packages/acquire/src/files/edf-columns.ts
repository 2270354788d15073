import type { EdfSignal } from '../codecs/edf.ts';
import { isElectrode } from './column-signals.ts';
import { kindOfType } from './quantities.ts';

/** What a signal of an EDF file is, by its label, transducer and unit. */
export interface EdfMeaning {
  /** `EEG`, `EDA`, `ECG`, …; empty where nothing tells. */
  readonly type: string;
  readonly channel: string;
}

/** The standard types of EDF+ that are none of ours (edfplus.info/specs/edftexts.html), and words that are used likewise. */
const otherTypes = /^(ECG|EKG|EOG|EMG|ERG|MEG|MCG|EP|Resp|SaO2|SpO2|Light|Sound|Event|AUX|Plet|Position)$/i;

/**
 * Type and channel of a signal: `EEG Fp1` and `Temp rectal` say their type; a label that is an electrode of the 10-20 system, and what an
 * `Active Electrode` of a BioSemi gives, are EEG. Any other label is nothing that could be known.
 */
export const edfMeaning = ({ label, transducer }: Pick<EdfSignal, 'label' | 'transducer'>): EdfMeaning => {
  const [, first = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(label) ?? [];
  const known = kindOfType(first) !== undefined || otherTypes.test(first);
  if (known) return { type: /^AUX$/i.test(first) ? 'auxiliary' : first, channel: rest || first };
  const electrode = label.replace(/[-/](REF|LE|AR|AVG|A1|A2|M1|M2|Cz)$/i, '');
  if (isElectrode(electrode)) return { type: 'EEG', channel: label };
  const word = /^([A-Za-z]+)[\s_-]*\d*$/.exec(label)?.[1] ?? '';
  if (/^active electrode/i.test(transducer) && !/^(EXG|EOG|Status|Ana)$/i.test(word)) return { type: 'EEG', channel: label };
  if (kindOfType(word) !== undefined || otherTypes.test(word)) return { type: word, channel: label };
  return { type: '', channel: label };
};

/**
 * The reference that all EEG channels were recorded against: what they all end in (`Fp1-REF`), or what the transducer field says (`against
 * SRB2`).
 */
export const edfReference = (
  signals: readonly Pick<EdfSignal, 'label' | 'transducer'>[],
): { readonly reference: string; readonly suffix: string } => {
  const eeg = signals.filter((signal) => edfMeaning(signal).type.toUpperCase() === 'EEG');
  const told = /^against (\S+)$/.exec(eeg[0]?.transducer ?? '')?.[1];
  if (told !== undefined && eeg.every(({ transducer }) => transducer === `against ${told}`)) return { reference: told, suffix: '' };
  const suffix = /-(REF|LE|AR|AVG|A1|A2|M1|M2|Cz)$/i.exec(eeg[0]?.label ?? '')?.[0] ?? '';
  if (suffix !== '' && eeg.every(({ label }) => label.endsWith(suffix))) return { reference: suffix.slice(1), suffix };
  return { reference: 'n/a', suffix: '' };
};

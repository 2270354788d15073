/** Text files as the programs named write them: layouts from their documentation, numbers from a formula. */

const rows = (n: number, row: (i: number) => readonly (string | number)[], separator: string): string =>
  Array.from({ length: n }, (_, i) => row(i).join(separator)).join('\n');

const clock = (sec: number): string => new Date(sec * 1000).toISOString().replace('T', ' ').replace('Z', '');
export const tableStart = 1_700_000_000;

/** muse-lsl: `n` samples of five lines at 256 Hz. */
export const museLslCsv = (n: number): string =>
  `timestamps,TP9,AF7,AF8,TP10,Right AUX\n${rows(n, (i) => [(tableStart + i / 256).toFixed(6), i, -i, i / 2, 3, 0], ',')}\n`;

const bands = ['Delta', 'Theta', 'Alpha', 'Beta', 'Gamma'].flatMap((band) =>
  ['TP9', 'AF7', 'AF8', 'TP10'].map((line) => `${band}_${line}`),
);
const mindMonitorNames = [
  'TimeStamp',
  ...bands,
  ...['RAW_TP9', 'RAW_AF7', 'RAW_AF8', 'RAW_TP10', 'AUX_RIGHT', 'Accelerometer_X', 'Accelerometer_Y', 'Accelerometer_Z'],
  ...['Gyro_X', 'Gyro_Y', 'Gyro_Z', 'HeadBandOn', 'HSI_TP9', 'HSI_AF7', 'HSI_AF8', 'HSI_TP10', 'Battery', 'Elements'],
];

/** Mind Monitor at its interval "constant": rows in bursts of 12, a blink in a row of its own after 300 of them. */
export const mindMonitorCsv = (n: number, perSec = 256): string => {
  const event = `${clock(tableStart + 300 / perSec)}${','.repeat(mindMonitorNames.length - 1)}/muse/elements/blink`;
  const lines = rows(
    n,
    (i) => [
      clock(tableStart + Math.floor(i / 12) * (12 / perSec)),
      ...bands.map(() => '0.5'),
      ...[841.4075 + (i % 50), 841.4075, 841.4075, 800, 0],
      ...[0.25, 0, 0.97, 1.5, 2.5, -3.5, 1, 1, 1, 1, 1, 54.17, ''],
    ],
    ',',
  ).split('\n');
  lines.splice(300, 0, event);
  return `${mindMonitorNames.join(',')}\n${lines.join('\n')}\n`;
};

/** OpenSignals: a BITalino with EDA, ECG and a light sensor, 10 bits, 100 Hz; nSeq modulo 16. */
export const openSignalsText = (n: number): string => {
  const header = {
    '20:16:12:22:84:48': {
      sensor: ['EDABITREV', 'ECGBIT', 'LUX'],
      'device name': '20:16:12:22:84:48',
      column: ['nSeq', 'I1', 'I2', 'O1', 'O2', 'A1', 'A2', 'A3'],
      'sync interval': 2,
      time: '10:29:43.249',
      channels: [1, 2, 3],
      'sampling rate': 100,
      resolution: [4, 1, 1, 1, 1, 10, 10, 10],
      device: 'bitalino_rev',
      date: '2018-7-5',
      label: ['A1', 'A2', 'A3'],
    },
  };
  const body = rows(n, (i) => [i % 16, 0, 0, 0, 0, 512 + (i % 100), 512, 256, ''], '\t');
  return `# OpenSignals Text File Format. Version 1\n# ${JSON.stringify(header)}\n# EndOfHeader\n${body}\n`;
};

/** Consensys: a GSR+ at 51.2 Hz, tab separated, with a marker. */
export const shimmerCsv = (n: number): string => {
  const names = [
    'Timestamp_Unix_CAL',
    'GSR_Skin_Conductance_CAL',
    'GSR_Skin_Resistance_CAL',
    'PPG_A13_CAL',
    'Accel_LN_X_CAL',
    'Accel_LN_Y_CAL',
    'Accel_LN_Z_CAL',
  ];
  const units = ['ms', 'uS', 'kOhms', 'mV', 'm/(s^2)', 'm/(s^2)', 'm/(s^2)', 'no_units'];
  const marker = (i: number) => (i >= 100 && i < 110 ? 1 : 0);
  const body = rows(n, (i) => [(tableStart + i / 51.2) * 1000, 2 + i / 1000, 500, 1600, 0, 9.80665, 0, marker(i), ''], '\t');
  return `"sep=\\t"\n${[...names.map((name) => `Shimmer_40AC_${name}`), 'Shimmer_40AC_Event_Marker_CAL', ''].join('\t')}\n${[...units, ''].join('\t')}\n${body}\n`;
};

/** A CSV file that says all that must be known. */
export const plainCsv = (n: number): string =>
  `time (s),eda_microsiemens,Fp1 (µV),temp [°C],note\n${rows(n, (i) => [(10 + i / 32).toFixed(6), 1 + i / 100, i % 7, 33, 'still'], ',')}\n`;

/** The same as a spreadsheet writes it where decimals have commas. */
export const quotedCsv = (n: number): string =>
  plainCsv(n)
    .trimEnd()
    .split('\n')
    .map((line) => `"${line.split(',').join('";"')}"`.replaceAll('.', ','))
    .join('\r\n')
    .concat('\r\n');

/** The files of a folder as `affect convert --to csv` writes it: EEG at 4 Hz, beats. */
export const csvFolder = (n: number): Record<string, string> => {
  const signals = [
    { file: 'eeg.csv', id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 4, montage: { channels: ['Fz', 'Cz'], reference: 'A1' } },
    { file: 'beats.csv', id: 'inter-beat', kind: 'inter-beat', unit: 's', sfreq: 0, montage: { channels: ['IBI'], reference: 'n/a' } },
  ];
  return {
    'recording.json': JSON.stringify({ name: 'made', started: new Date(tableStart * 1000).toISOString(), subject: null, signals }),
    'eeg.csv': `time (s),Fz (µV),Cz (µV)\n${rows(n, (i) => [(i / 4).toFixed(6), i, -i], ',')}\n`,
    'beats.csv': `time (s),IBI (s)\n${rows(n >> 2, (i) => [(i + 0.5).toFixed(6), 0.8], ',')}\n`,
  };
};

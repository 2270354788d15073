/**
 * USB serial adapters that sensors hang on: vendor (and product) in hexadecimal, and what it is called on the box. Adapters are shared by many
 * makers, so a rule never guesses the sensor from them.
 */
const adapters: readonly { readonly vendor: string; readonly product?: string; readonly chip: string }[] = [
  { vendor: '0403', chip: 'FTDI FT232 and FT231X (the OpenBCI dongle)' },
  { vendor: '10c4', product: 'ea60', chip: 'Silicon Labs CP210x' },
  { vendor: '1a86', product: '7523', chip: 'WCH CH340' },
  { vendor: '1a86', product: '55d4', chip: 'WCH CH9102' },
  { vendor: '067b', product: '2303', chip: 'Prolific PL2303' },
  { vendor: '2341', chip: 'Arduino' },
  { vendor: '2a03', chip: 'Arduino (arduino.org)' },
  { vendor: '239a', chip: 'Adafruit' },
  { vendor: '303a', chip: 'Espressif' },
  { vendor: '2e8a', chip: 'Raspberry Pi Pico' },
];

/** Vendors the rules know, for the contract with what `affect devices` knows. */
export const ruledVendors: readonly string[] = [...new Set(adapters.map(({ vendor }) => vendor))];

/**
 * The udev rules: known adapters belong to the group dialout, are left alone by ModemManager, and get a name under `/dev/affect/` made of their
 * serial number (or of the socket they are in, where they have none); FTDI adapters hand bytes on after 1 ms instead of 16.
 */
export const udevRules = (): string => {
  const match = ({ vendor, product }: (typeof adapters)[number]): string =>
    `ATTRS{idVendor}=="${vendor}"${product === undefined ? '' : `, ATTRS{idProduct}=="${product}"`}`;
  return [
    '# FTDI adapters hold bytes back for up to 16 ms: samples then come in bunches.',
    'ACTION=="add", SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", ATTR{latency_timer}="1"',
    '',
    'SUBSYSTEM!="tty", GOTO="affect_end"',
    'KERNEL!="ttyUSB*", KERNEL!="ttyACM*", GOTO="affect_end"',
    '',
    ...adapters.flatMap((adapter) => [
      `# ${adapter.chip}`,
      `${match(adapter)}, MODE="0660", GROUP="dialout", ENV{ID_MM_PORT_IGNORE}="1", ENV{ID_MM_DEVICE_IGNORE}="1", ENV{AFFECT_PORT}="1"`,
    ]),
    '',
    '# Names that stay when the cable is put elsewhere (serial number) or, without a number, as long as it stays in its socket.',
    'ENV{AFFECT_PORT}=="1", ENV{ID_SERIAL_SHORT}=="?*", SYMLINK+="affect/$env{ID_SERIAL_SHORT}"',
    'ENV{AFFECT_PORT}=="1", ENV{ID_SERIAL_SHORT}!="?*", ENV{ID_PATH_TAG}=="?*", SYMLINK+="affect/$env{ID_PATH_TAG}"',
    '',
    'LABEL="affect_end"',
    '',
  ].join('\n');
};

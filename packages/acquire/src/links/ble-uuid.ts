const baseUuid = /^0000([0-9a-f]{4})00001000800000805f9b34fb$/;

/**
 * One spelling for every way to write a Bluetooth UUID: lower case, no dashes, the short form where there is one, without leading zeros
 * (`0000180D-0000-1000-8000-00805F9B34FB`, `180D` and `0x180d` all give `180d`). This is how noble writes them.
 */
export const plainUuid = (uuid: string): string => {
  const plain = uuid.toLowerCase().replace(/^0x/, '').replaceAll('-', '');
  const short = baseUuid.exec(plain)?.[1] ?? plain;
  return short.length <= 4 ? short.replace(/^0+(?=.)/, '') : short;
};

/**
 * Arrays of f32 as files of weights hold them: little-endian, as is every machine that the engines run on; so no value is touched on its way
 * between file and array.
 */

/** The bytes of an array, not copied. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

/** The array that lies in bytes `from` to `to`, not copied where it lies on a multiple of four. (`slice` of a `Buffer`, as files are read, copies nothing.) */
export const floatsIn = (bytes: Uint8Array, from: number, to: number): Float32Array => {
  const at = bytes.byteOffset + from;
  return at % 4 === 0
    ? new Float32Array(bytes.buffer, at, (to - from) / 4)
    : new Float32Array(Uint8Array.from(bytes.subarray(from, to)).buffer);
};

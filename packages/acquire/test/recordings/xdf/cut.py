"""Cuts clock_resets.xdf (xdf-modules/example-files) to the first of its eight channels:  python cut.py clock_resets.xdf out.xdf

Headers, times, clock offsets, boundaries and footers stay as they were.
"""

import struct
import sys
from pathlib import Path


def length(value):
    return struct.pack("<BB", 1, value) if value < 256 else struct.pack("<BI", 4, value)


source, target = map(Path, sys.argv[1:])
data = source.read_bytes()
out, at = [data[:4]], 4
while at < len(data):
    size = data[at]
    n = int.from_bytes(data[at + 1 : at + 1 + size], "little")
    at += 1 + size
    chunk, at = data[at : at + n], at + n
    (tag,) = struct.unpack_from("<H", chunk)
    if tag == 2:
        chunk = chunk.replace(b"<channel_count>8<", b"<channel_count>1<")
    if tag == 3 and struct.unpack_from("<I", chunk, 2)[0] == 2:
        width = chunk[6]
        k, samples = 7 + width, []
        for _ in range(int.from_bytes(chunk[7 : 7 + width], "little")):
            stamp = 1 + chunk[k]
            samples.append(chunk[k : k + stamp + 4])
            k += stamp + 32
        chunk = chunk[: 7 + width] + b"".join(samples)
    out.append(length(len(chunk)) + chunk)
target.write_bytes(b"".join(out))

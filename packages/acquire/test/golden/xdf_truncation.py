"""Cuts recordings/xdf/recorded.xdf at sampled places and opens each piece with pyxdf, which must give every sample before the chunk that was cut.

Run from this folder with pyxdf==1.17.3 numpy==2.4.6:  python xdf_truncation.py [how many cuts]

pyxdf 1.17.3 itself raises where a file ends inside a chunk's two tag bytes, a clock offset or a header (it guards the other places only). And where
the cut lies in the last sample of a chunk of numbers it gives that sample with bytes of the one before. Both are counted apart; `affect` reads up to
the cut chunk everywhere, and a killed recorder leaves no such file, since it writes whole chunks.
"""

import logging
import random
import struct
import sys
import tempfile
from pathlib import Path

import pyxdf

logging.disable(logging.CRITICAL)
data = (Path(__file__).parent.parent / "recordings" / "xdf" / "recorded.xdf").read_bytes()
chunks, at = [], 4
while at < len(data):
    size = data[at]
    n = int.from_bytes(data[at + 1 : at + 1 + size], "little")
    (tag,) = struct.unpack_from("<H", data, at + 1 + size)
    count_at = at + 1 + size + 6
    count = int.from_bytes(data[count_at + 1 : count_at + 1 + data[count_at]], "little") if tag == 3 else 0
    chunks.append((at, at + 1 + size, at + 1 + size + n, tag, count))
    at += 1 + size + n

random.seed(1)
n_cuts = int(sys.argv[1]) if len(sys.argv) > 1 else 100
headers_end = max(end for _, _, end, tag, _ in chunks if tag == 2)
cuts = sorted(random.sample(range(headers_end, len(data)), n_cuts)) + [end for _, _, end, _, _ in chunks if end >= headers_end]
read, raised, fewer, more = 0, {}, [], []
with tempfile.TemporaryDirectory() as folder:
    for cut in cuts:
        path = Path(folder) / "cut.xdf"
        path.write_bytes(data[:cut])
        expected = sum(count for _, _, end, _, count in chunks if end <= cut)
        try:
            streams, _ = pyxdf.load_xdf(path, dejitter_timestamps=False)
        except Exception as error:
            where = next(((tag, cut - body) for start, body, end, tag, _ in chunks if start < cut < end), None)
            place = "between chunks" if where is None else "tag" if where[1] < 2 else f"content of tag {where[0]}"
            raised[place] = raised.get(place, 0) + 1
            continue
        read += 1
        found = sum(len(stream["time_stamps"]) for stream in streams)
        if found < expected:
            fewer.append(cut)
        if found > expected:
            more.append(cut)
print(f"{len(cuts)} cuts: {read} read, {len(fewer)} with samples missing, {len(more)} with a half sample made up; pyxdf raised: {raised or 'never'}")
sys.exit(1 if fewer or raised.get("between chunks") else 0)

"""Cuts an EDF or BDF file to its first records:  python cut.py test_utf8.edf 121 out.edf

Header and records stay as they were, but for the number of records.
"""

import sys
from pathlib import Path

source, n, target = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
data = source.read_bytes()
n_signals = int(data[252:256])
header = 256 * (n_signals + 1)
counts = 256 + n_signals * (16 + 80 + 8 * 5 + 80)
samples = sum(int(data[counts + 8 * s : counts + 8 * s + 8]) for s in range(n_signals))
record = samples * (3 if data[0] == 0xFF else 2)
target.write_bytes(data[:236] + str(n).ljust(8).encode() + data[244 : header + n * record])

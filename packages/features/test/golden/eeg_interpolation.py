"""Spherical-spline interpolation of bad channels from MNE -> eeg-interpolation.json, with the electrode positions it is done with.

`print_table` makes the rows of src/kernels/scalp-positions.ts; a test holds that table to the positions written here.
"""

import json
from pathlib import Path

import mne
import numpy as np
from mne.channels.interpolation import _make_interpolation_matrix

NAMES = (
    "Fp1 Fpz Fp2 AF7 AF3 AFz AF4 AF8 F7 F5 F3 F1 Fz F2 F4 F6 F8 FT9 FT7 FC5 FC3 FC1 FCz FC2 FC4 FC6 FT8 FT10 T7 C5 C3 C1 Cz C2 C4 C6 T8 "
    "TP9 TP7 CP5 CP3 CP1 CPz CP2 CP4 CP6 TP8 TP10 P7 P5 P3 P1 Pz P2 P4 P6 P8 PO7 PO3 POz PO4 PO8 O1 Oz O2 Iz A1 A2 M1 M2"
).split()


def unit_positions():
    """standard_1005 (Oostenveld & Praamstra 2001) as directions from the centre of the best-fitting sphere of all its electrodes, rounded to 4 digits."""
    at = mne.channels.make_standard_montage("standard_1005").get_positions()["ch_pos"]
    cloud = np.array([at[name] for name in NAMES[:66]])
    # least squares: |p|² = 2 p·c + (r² - |c|²)
    solution, *_ = np.linalg.lstsq(np.c_[2 * cloud, np.ones(len(cloud))], (cloud**2).sum(1), rcond=None)
    centre = solution[:3]
    return {name: np.round((at[name] - centre) / np.linalg.norm(at[name] - centre), 4) for name in NAMES}


def print_table():
    for name, (x, y, z) in unit_positions().items():
        print(f"  {name}: [{x:.4g}, {y:.4g}, {z:.4g}],")


positions = unit_positions()
golden = {"versions": {"mne": mne.__version__, "numpy": np.__version__}, "positions": {k: v.tolist() for k, v in positions.items()}}
cases = []
for good, bad in ((["F3", "Fz", "F4", "C3", "C4", "P3", "Pz", "P4"], ["Cz"]), (["Fp1", "Fp2", "F7", "F8", "T7", "T8", "P7", "P8", "O1", "O2", "Cz"], ["Fz", "Pz"])):
    m = _make_interpolation_matrix(np.array([positions[n] for n in good]), np.array([positions[n] for n in bad]))
    cases.append({"good": good, "bad": bad, "weights": m.tolist()})
golden["cases"] = cases

if __name__ == "__main__":
    Path(__file__).with_name("eeg-interpolation.json").write_text(json.dumps(golden) + "\n")

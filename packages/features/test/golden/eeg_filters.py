"""Filter designs and filtered signals from SciPy -> eeg-filters.json."""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.signal import butter, iirnotch, sosfilt, sosfilt_zi, tf2sos

designs = []
for order in (1, 2, 3, 4, 5, 8):
    for sfreq in (128, 250, 1000):
        for kind in ("bandpass", "bandstop"):
            for fmin, fmax in ((0.5, 4), (4, 8), (14, 31), (31, 49)):
                sos = butter(order, [fmin, fmax], kind, fs=sfreq, output="sos")
                designs.append({"design": {"type": kind, "order": order, "fmin": fmin, "fmax": fmax, "sfreq": sfreq}, "sos": sos.tolist()})
        for kind in ("lowpass", "highpass"):
            for edge in (0.5, 10, 40):
                sos = butter(order, edge, kind, fs=sfreq, output="sos")
                designs.append({"design": {"type": kind, "order": order, "edge": edge, "sfreq": sfreq}, "sos": sos.tolist()})

states = []
for design in designs[::7]:
    states.append({"design": design["design"], "zi": sosfilt_zi(np.array(design["sos"])).ravel().tolist()})


def lcg(seed, n):
    out = np.empty(n)
    for i in range(n):
        seed = (1664525 * seed + 1013904223) % 2**32
        out[i] = seed / 2**31 - 1
    return out


signal = 60000 + 50 * lcg(1, 300)
filtered = []
for kind, edges in (("bandpass", [4, 8]), ("lowpass", 40), ("highpass", 0.5), ("bandstop", [48, 52])):
    sos = butter(3, edges, kind, fs=250, output="sos")
    y, _ = sosfilt(sos, signal, zi=sosfilt_zi(sos) * signal[0])
    design = {"type": kind, "order": 3, "sfreq": 250}
    design.update({"fmin": edges[0], "fmax": edges[1]} if isinstance(edges, list) else {"edge": edges})
    filtered.append({"design": design, "y": y.tolist()})

notches = []
for frequency, q, sfreq in ((50, 30, 250), (60, 30, 250), (50, 10, 128), (100, 35, 1000)):
    b, a = iirnotch(frequency, q, fs=sfreq)
    notches.append({"frequency": frequency, "q": q, "sfreq": sfreq, "b": b.tolist(), "a": a.tolist()})

golden = {"versions": {"scipy": scipy.__version__, "numpy": np.__version__}}
golden |= {"designs": designs, "states": states, "filtered": filtered, "notches": notches}
Path(__file__).with_name("eeg-filters.json").write_text(json.dumps(golden) + "\n")

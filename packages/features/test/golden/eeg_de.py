"""Band differential entropy, streaming and restarted in every window, from SciPy -> eeg-de.json.

The restart recipe follows the published computation of torcheeg's BandDifferentialEntropy (MIT; Butterworth order 5 in (b, a) form, lfilter from rest in each
window, 1/2 log2(2 pi e var) with ddof 0), which RBTransformer uses.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.signal import butter, lfilter, sosfilt, sosfilt_zi

BANDS = ((4, 8), (8, 14), (14, 31), (31, 49))


def lcg(seed, n):
    out = np.empty(n)
    for i in range(n):
        seed = (1664525 * seed + 1013904223) % 2**32
        out[i] = seed / 2**31 - 1
    return out


def de(x):
    return 0.5 * np.log2(2 * np.pi * np.e * np.var(x, axis=-1))


def restart_ba(x, sfreq):
    """(C, T) -> (C, 4), transfer-function form, as torcheeg."""
    return np.stack([de(lfilter(*butter(5, edges, "bandpass", fs=sfreq), x)) for edges in BANDS], axis=-1)


def restart_sos(x, sfreq):
    return np.stack([de(sosfilt(butter(5, edges, "bandpass", fs=sfreq, output="sos"), x)) for edges in BANDS], axis=-1)


golden = {"versions": {"scipy": scipy.__version__, "numpy": np.__version__}}

# streaming: offset as real electrodes have, every window of 2 s, hop 0.1 s
streaming = []
for sfreq, channels, seconds, initial in ((250, 3, 6, "steady"), (250, 2, 4, "zero"), (128, 2, 5, "steady"), (1000, 1, 4, "steady")):
    n = int(sfreq * seconds)
    x = 60000 + 40 * lcg(sfreq + channels, channels * n).reshape(channels, n)
    hop, window = 0.1 if sfreq != 128 else 0.5, 2
    y = []
    for edges in BANDS:
        sos = butter(5, edges, "bandpass", fs=sfreq, output="sos")
        zi = sosfilt_zi(sos)[:, None, :] * (x[None, :, :1] if initial == "steady" else 0.0)
        y.append(sosfilt(sos, x, zi=np.broadcast_to(zi, (5, channels, 2)).copy())[0])
    ends = np.round(np.arange(window, seconds + hop / 2, hop) * sfreq).astype(int)
    values = [np.stack([de(band[:, e - window * sfreq : e]) for band in y], axis=-1).tolist() for e in ends]
    streaming.append({"sfreq": sfreq, "channels": channels, "seconds": seconds, "hop": hop, "window": window, "initial": initial, "values": values})
golden["streaming"] = streaming

restart = []
for sfreq, n in ((128, 512), (128, 128), (200, 512), (250, 500)):
    x = lcg(n + sfreq, 3 * n).reshape(3, n)
    restart.append({"sfreq": sfreq, "n": n, "ba": restart_ba(x, sfreq).tolist(), "sos": restart_sos(x, sfreq).tolist()})
golden["restart"] = restart

# the whole pipeline of three channels with a baseline
c = np.arange(3)[:, None]
w = 2 * np.pi / 128
n = np.arange(512)
window = (1 + 0.5 * c) * np.sin(w * (6 + c) * n) + 0.8 * np.sin(10.5 * w * n + 0.3 * c) + 0.5 * np.sin(20.25 * w * n + 1.1 * c) + 0.25 * np.sin(40.75 * w * n + 2 * c) + 0.1 * c
n = np.arange(128)
baseline = np.cos(w * (5 + c) * n) + 0.4 * np.cos(22 * w * n + c) + 0.2 * np.cos(41 * w * n) + 0.05 * c
pipeline = {}
for name, axis in (("global", None), ("per-channel", 1)):
    z = lambda x: (x - x.mean(axis=axis, keepdims=True)) / x.std(axis=axis, keepdims=True)
    pipeline[name] = {"window": restart_ba(z(window), 128).tolist(), "baseline": restart_ba(z(baseline), 128).tolist()}
golden["pipeline"] = pipeline

# a baseline of three pieces, both ways of reducing it
pieces = lcg(77, 2 * 384).reshape(2, 384)
averaged = pieces.reshape(2, 3, 128).mean(axis=1)
golden["baseline"] = {
    "averaged-waveform": restart_sos(averaged, 128).tolist(),
    "mean-of-pieces": np.mean([restart_sos(pieces[:, p * 128 : (p + 1) * 128], 128) for p in range(3)], axis=0).tolist(),
}

Path(__file__).with_name("eeg-de.json").write_text(json.dumps(golden) + "\n")

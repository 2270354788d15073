"""Welch spectra, band powers, spectral entropy, Hjorth's parameters (SciPy, NumPy; density also from MNE) -> eeg-power.json."""

import json
from pathlib import Path

import mne
import numpy as np
import scipy
from scipy.signal import welch

BANDS = ((4, 8), (8, 14), (14, 31), (31, 49))


def lcg(seed, n):
    out = np.empty(n)
    for i in range(n):
        seed = (1664525 * seed + 1013904223) % 2**32
        out[i] = seed / 2**31 - 1
    return out


golden = {"versions": {"scipy": scipy.__version__, "numpy": np.__version__, "mne": mne.__version__}}
cases = []
for sfreq, segment, window in ((250, 250, 4), (128, 256, 4), (256, 256, 2)):
    n = sfreq * window
    x = 1000 + 30 * lcg(sfreq, 2 * n).reshape(2, n)
    x[1] += 10 * np.sin(2 * np.pi * 10 * np.arange(n) / sfreq)
    nfft = 2 ** int(np.ceil(np.log2(segment)))
    f, p = welch(x, sfreq, window="hann", nperseg=segment, noverlap=segment // 2, nfft=nfft, detrend="constant")
    pm, fm = mne.time_frequency.psd_array_welch(x, sfreq, n_fft=nfft, n_per_seg=segment, n_overlap=segment // 2, window="hann", verbose="error")
    step = sfreq / nfft
    powers = np.stack([p[:, (f >= lo) & (f < hi)].sum(-1) * step for lo, hi in BANDS], -1)
    inside = (f >= 1) & (f < 45)
    share = p[:, inside] / p[:, inside].sum(-1, keepdims=True)
    cases.append({
        "sfreq": sfreq, "segment": segment, "window": window, "density": p.tolist(), "mne": pm.tolist(), "powers": powers.tolist(),
        "relative": (powers / powers.sum(-1, keepdims=True)).tolist(), "decibel": (10 * np.log10(powers)).tolist(),
        "entropy": (-(share * np.log2(share)).sum(-1) / np.log2(inside.sum())).tolist(),
        "line50": [float(row[(f >= 49) & (f < 51)].sum() / row[f >= 1].sum()) for row in p],
    })
golden["welch"] = cases

# Hjorth over the last 200 of 300 samples, differences reaching back before the window
x = 60000 + 30 * lcg(5, 300)
dx, ddx = np.diff(x), np.diff(x, 2)
activity, slope, curve = np.var(x[-200:]), np.var(dx[-200:]), np.var(ddx[-200:])
golden["hjorth"] = [activity, np.sqrt(slope / activity), np.sqrt(curve / slope) / np.sqrt(slope / activity)]

Path(__file__).with_name("eeg-power.json").write_text(json.dumps(golden) + "\n")

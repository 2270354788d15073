"""Band differential entropy by the Python peers: million channel-samples a second, as JSON. One process, one thread; each row is the median of repeats, in processor time,
so that other work on the machine does not count.

torcheeg's row is its published computation (`BandDifferentialEntropy`: butter and lfilter for every channel, band and window) in SciPy, without installing torch.
"""

import json
import os
import sys
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
import brainflow
import mne
import numpy as np
import scipy
from brainflow.data_filter import DataFilter, FilterTypes
from scipy.signal import butter, lfilter, sosfilt, sosfilt_zi

N_CHANNELS, SFREQ, WINDOW_SEC = int(sys.argv[1]), int(sys.argv[2]), 1
HOPS = [float(hop) for hop in sys.argv[3].split(",")]
BANDS = ((4, 8), (8, 14), (14, 31), (31, 49))
LOG = 0.5 * np.log2(2 * np.pi * np.e)
mne.set_log_level("error")
rng = np.random.default_rng(1)


def de(variance):
    return LOG + 0.5 * np.log2(variance)


def streaming(x, hop, partial_sums):
    """Filters with state kept, every sample once; the variance from a buffer or from sums a hop."""
    sos = [butter(5, edges, "bandpass", fs=SFREQ, output="sos") for edges in BANDS]
    zi = [np.repeat(sosfilt_zi(s)[:, None, :], N_CHANNELS, 1) * x[None, :, :1] for s in sos]
    n_hops = round(WINDOW_SEC * SFREQ / hop)
    sums = np.zeros((n_hops, 2, len(BANDS), N_CHANNELS))
    buffer = np.zeros((len(BANDS), N_CHANNELS, n_hops * hop))
    for k, start in enumerate(range(0, x.shape[1] - hop + 1, hop)):
        for b, s in enumerate(sos):
            y, zi[b] = sosfilt(s, x[:, start : start + hop], zi=zi[b])
            if partial_sums:
                sums[k % n_hops, 0, b], sums[k % n_hops, 1, b] = y.sum(-1), (y * y).sum(-1)
            else:
                at = (k % n_hops) * hop
                buffer[b, :, at : at + hop] = y
        if k >= n_hops - 1:
            n = n_hops * hop
            if partial_sums:
                total, squares = sums.sum(0)
                de(squares / n - (total / n) ** 2)
            else:
                de(buffer.var(-1))


def per_window(x, hop, one_window):
    n = WINDOW_SEC * SFREQ
    for end in range(n, x.shape[1] + 1, hop):
        one_window(x[:, end - n : end])


def torcheeg(window):
    for channel in window:
        for edges in BANDS:
            b, a = butter(5, [edge / (SFREQ / 2) for edge in edges], "bandpass")
            de(np.var(lfilter(b, a, channel)))


CACHED = [butter(5, edges, "bandpass", fs=SFREQ) for edges in BANDS]


def torcheeg_cached(window):
    for b, a in CACHED:
        de(np.var(lfilter(b, a, window), axis=-1))


def mne_iir(window):
    for lo, hi in BANDS:
        de(np.var(mne.filter.filter_data(window, SFREQ, lo, hi, method="iir", iir_params={"order": 5, "ftype": "butter", "output": "sos"}), axis=-1))


def brainflow_bandpass(window):
    for channel in window:
        for lo, hi in BANDS:
            data = channel.copy()
            DataFilter.perform_bandpass(data, SFREQ, float(lo), float(hi), 5, FilterTypes.BUTTERWORTH.value, 0)
            de(np.var(data))


def brainflow_band_powers(window):
    for c in range(N_CHANNELS):
        DataFilter.get_custom_band_powers(np.ascontiguousarray(window), [(float(a), float(b)) for a, b in BANDS], [c], SFREQ, False)


def rate(run, hop, seconds):
    """Million input channel-samples a second: only those that arrive, so a peer pays for refiltering its overlaps."""
    x = 50 * rng.standard_normal((N_CHANNELS, int(seconds * SFREQ)))
    windows = lambda: run(x, hop)
    times = []
    for _ in range(3):
        start = time.process_time()
        windows()
        times.append(time.process_time() - start)
    return N_CHANNELS * (x.shape[1] - WINDOW_SEC * SFREQ + hop) / np.median(times) / 1e6


peers = {
    "torcheeg BandDifferentialEntropy (its computation)": (lambda x, hop: per_window(x, hop, torcheeg), 3),
    "the same, filters cached, vectorised": (lambda x, hop: per_window(x, hop, torcheeg_cached), 10),
    "MNE filter_data iir, per window": (lambda x, hop: per_window(x, hop, mne_iir), 3),
    "BrainFlow perform_bandpass (Python)": (lambda x, hop: per_window(x, hop, brainflow_bandpass), 6),
    "BrainFlow get_custom_band_powers (Welch)": (lambda x, hop: per_window(x, hop, brainflow_band_powers), 10),
    "SciPy sosfilt streaming, variance of a buffer": (lambda x, hop: streaming(x, hop, False), 60),
    "SciPy sosfilt streaming, sums a hop": (lambda x, hop: streaming(x, hop, True), 60),
}
found = {name: [rate(run, round(hop * SFREQ), seconds) for hop in HOPS] for name, (run, seconds) in peers.items()}
versions = {"scipy": scipy.__version__, "mne": mne.__version__, "numpy": np.__version__, "brainflow": DataFilter.get_version()}
print(json.dumps({"rates": found, "versions": versions}))

"""Skin conductance by NeuroKit2, cvxEDA (run as a program, through NeuroKit2 and cvxopt) and SciPy -> eda-reference.json.

Reads eda-recordings.json beside this file. cvxEDA's minimum is read off the solver it calls: cvxopt reports the primal objective, to which the
constant half of the input's square is added.
"""

import json
import warnings
from pathlib import Path

import cvxopt
import neurokit2 as nk
import numpy as np
import scipy
from scipy.signal import butter, sosfilt, sosfilt_zi, sosfiltfilt, welch

warnings.filterwarnings("ignore")
here = Path(__file__).parent
recordings = json.loads((here / "eda-recordings.json").read_text())
signal = {name: np.array(r["values"]) for name, r in recordings.items()}
sfreq = {name: r["sfreq"] for name, r in recordings.items()}


def listed(x):
    """Nine decimals of µS are far below every tolerance and halve the file."""
    return [None if np.isnan(v) else round(float(v), 9) for v in x]


def peaks(phasic, rate):
    _, info = nk.eda_peaks(phasic, sampling_rate=rate, method="neurokit", amplitude_min=0.1)
    return {
        "onset": listed(info["SCR_Onsets"]),
        "peak": listed(info["SCR_Peaks"]),
        "amplitude": listed(info["SCR_Amplitude"]),
        "riseSec": listed(info["SCR_RiseTime"]),
        "halfRecoverySec": listed(info["SCR_RecoveryTime"]),
    }


split = {}
for name in ("wrist", "palm"):
    cleaned = np.asarray(nk.eda_clean(signal[name], sampling_rate=sfreq[name]))
    parts = nk.eda_phasic(cleaned, sampling_rate=sfreq[name], method="highpass")
    phasic = parts["EDA_Phasic"].to_numpy()
    split[name] = {
        "every": (every := max(1, sfreq[name] // 10)),
        "cleaned": listed(cleaned[::every]),
        "tonic": listed(parts["EDA_Tonic"].to_numpy()[::every]),
        "phasic": listed(phasic[::every]),
        "peaks": peaks(phasic, sfreq[name]),
    }

objective = {}
solver = cvxopt.solvers.qp


def recorded(*args, **kwargs):
    answer = solver(*args, **kwargs)
    objective["value"] = answer["primal objective"]
    return answer


cvxopt.solvers.qp = recorded
convex = []
for name, start, stop, step in (("wrist", 0, 1200, 1), ("wrist", 300, 613, 1), ("palm", 0, 6000, 20)):
    y = signal[name][start:stop:step]
    rate = sfreq[name] / step
    parts = nk.eda_phasic(y, sampling_rate=rate, method="cvxeda")
    convex.append(
        {
            "input": {"name": name, "start": start, "stop": stop, "step": step, "sfreq": rate},
            "tonic": listed(parts["EDA_Tonic"]),
            "phasic": listed(parts["EDA_Phasic"]),
            "cost": objective["value"] + 0.5 * float(y @ y),
        }
    )

# The published spectrum on the published filter, causal: halves of a second, 0.01 Hz high-pass of order 8, one Blackman window of 64 s.
halves = signal["wrist"].reshape(-1, 2).mean(axis=1)
highpassed = sosfilt(butter(8, 0.01, "highpass", fs=2, output="sos"), halves - halves[0])
f, density = welch(highpassed[-128:], fs=2, window="blackman", nperseg=128, detrend=False)
power = density * f[1]
inside = (f >= 0.045) & (f <= 0.25)
spectrum = {
    "sympathetic": float(power[inside].sum()),
    "normalised": float(power[inside].sum() / power.sum()),
    "narrow": [float(power[(f >= 0.05 * b - 1e-12) & (f < 0.05 * (b + 1) - 1e-12)].sum()) for b in range(10)],
}

high = butter(2, 0.02, "highpass", fs=2, output="sos")
low = butter(4, 0.08, "lowpass", fs=2, output="sos")
x = sosfilt(high, halves - halves[0])
turn = 2 * np.pi * 0.16 * np.arange(len(x)) / 2
amplitude = 2 * np.hypot(sosfilt(low, x * np.cos(turn)), sosfilt(low, x * np.sin(turn)))
discount = np.exp(-1 / 600) ** np.arange(len(x))
variance = np.array([(amplitude[: i + 1][::-1] ** 2 / 2 * discount[: i + 1]).sum() / discount[: i + 1].sum() for i in range(len(x))])
tvsymp = {"amplitude": listed(amplitude), "normalised": listed(amplitude / np.sqrt(np.maximum(variance, 1e-300)))}

seconds = signal["wrist"][3::4][:60]
entropy = float(nk.entropy_sample(seconds, delay=1, dimension=2, tolerance=0.2 * np.std(seconds))[0])

made = {"python": "3.11", "numpy": np.__version__, "scipy": scipy.__version__, "neurokit2": nk.__version__, "cvxopt": cvxopt.__version__}
out = {"made with": made, "split": split, "convex": convex, "spectrum": spectrum, "tvsymp": tvsymp, "sampleEntropy": entropy}
(here / "eda-reference.json").write_text(json.dumps(out))

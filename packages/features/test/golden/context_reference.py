"""Heart rate variability and pulse peaks by NeuroKit2 -> context-reference.json. Reads context-recordings.json beside this file."""

import json
import warnings
from pathlib import Path

import neurokit2 as nk
import numpy as np

warnings.filterwarnings("ignore")
here = Path(__file__).parent
recordings = json.loads((here / "context-recordings.json").read_text())

# A stretch of beats without a missed one, so that NeuroKit's successive differences are between neighbours.
beats = np.array(recordings["beats"]["values"])
start, best = 0, (0, 0)
for i in range(1, len(beats)):
    if abs(beats[i, 0] - beats[i - 1, 0] - beats[i, 1]) > 0.002:
        start = i
    if i - start > best[1] - best[0]:
        best = (start, i)
run = beats[best[0] : best[1] + 1]
hrv = nk.hrv_time({"RRI": run[:, 1] * 1000, "RRI_Time": run[:, 0]}, sampling_rate=1000)
variability = {
    "first": int(best[0]),
    "last": int(best[1]),
    "meanNN": float(hrv["HRV_MeanNN"].iloc[0]),
    "sdnn": float(hrv["HRV_SDNN"].iloc[0]),
    "rmssd": float(hrv["HRV_RMSSD"].iloc[0]),
    "pnn50": float(hrv["HRV_pNN50"].iloc[0]),
}

def crests(x, rate):
    return [int(v) for v in nk.ppg_findpeaks(nk.ppg_clean(x, sampling_rate=rate, method="elgendi"), sampling_rate=rate, method="elgendi")["PPG_Peaks"]]


pulse = np.array(recordings["pulse"]["values"])
rate = recordings["pulse"]["sfreq"]
simulated = nk.ppg_simulate(duration=60, sampling_rate=rate, heart_rate=72, ibi_randomness=0.2, motion_amplitude=0, powerline_amplitude=0, random_state=1)

out = {
    "made with": {"neurokit2": nk.__version__, "numpy": np.__version__},
    "variability": variability,
    "recorded": {"peaks": crests(pulse, rate)},
    "simulated": {"sfreq": rate, "values": [round(float(v), 5) for v in simulated], "peaks": crests(simulated, rate)},
}
(here / "context-reference.json").write_text(json.dumps(out))

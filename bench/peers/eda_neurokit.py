"""NeuroKit2 on the signal in the JSON file that eda.bench.ts names; processor seconds of the cheapest of several runs as JSON on standard output."""

import json
import sys
import time
import warnings

import neurokit2 as nk
import numpy as np

warnings.filterwarnings("ignore")
with open(sys.argv[1]) as file:
    given = json.load(file)
hour, rate = np.array(given["hour"]), given["sfreq"]
minute, five = hour[: 60 * rate], hour[: 300 * rate]


def fastest(work, repeats):
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


json.dump(
    {
        "version": nk.__version__,
        "processHour": fastest(lambda: nk.eda_process(hour, sampling_rate=rate), 3),
        "processMinute": fastest(lambda: nk.eda_process(minute, sampling_rate=rate), 15),
        "highpassHour": fastest(lambda: nk.eda_phasic(hour, sampling_rate=rate, method="highpass"), 5),
        "convexFive": fastest(lambda: nk.eda_phasic(five, sampling_rate=rate, method="cvxeda"), 9),
        "convexHour": fastest(lambda: nk.eda_phasic(hour, sampling_rate=rate, method="cvxeda"), 2),
    },
    sys.stdout,
)

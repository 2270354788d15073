"""What pyxdf finds in the XDF recordings of test/recordings/xdf: times after clock synchronisation and jitter removal, and values.

Run from this folder with pyxdf==1.17.3 numpy==2.4.6 mpmath==1.3.0:  python xdf.py  (writes xdf.json)

pyxdf fits clock offsets by uncentred normal equations: with offsets of 650,000 s (clock_resets.xdf) the rounding of its fit moves times by up
to 1e-8 s. "samples" has the times with that one fit (the same iteration) done in exact arithmetic, "asIs" those of pyxdf untouched.

Every 97th sample of a long stream is kept, and the first and last of each segment.
"""

import json
from pathlib import Path

import numpy as np
import pyxdf
from mpmath import mp, mpf

mp.prec = 160


def exact_fit(A, y, rho=1, iters=1000):
    """pyxdf's Huber fit by ADMM, rho 1, in exact arithmetic."""
    n, origin = len(y), mpf(float(min(A[:, 1])))
    x = [mpf(float(v)) - origin for v in A[:, 1]]
    y = [mpf(float(v)) for v in y]
    mean_x = sum(x) / n
    spread = sum((v - mean_x) ** 2 for v in x)
    z, u = [mpf(0)] * n, [mpf(0)] * n
    for _ in range(iters):
        w = [y[i] + z[i] - u[i] for i in range(n)]
        mean_w = sum(w) / n
        slope = sum((x[i] - mean_x) * (w[i] - mean_w) for i in range(n)) / spread
        intercept = mean_w - slope * mean_x
        for i in range(n):
            d = intercept + slope * x[i] - y[i] + u[i]
            shrink = max(mpf(0), 1 - 2 * abs(1 / d)) if d != 0 else mpf(1)
            z[i] = d / 2 + shrink * d / 2
            u[i] = d - z[i]
    return np.array([float(intercept - slope * origin), float(slope)])


as_is = pyxdf.pyxdf._robust_fit

recordings = Path(__file__).parent.parent / "recordings" / "xdf"
golden = {}
for path in sorted(recordings.glob("*.xdf")):
    dejitter = path.name != "recorded.xdf"  # ours: the times are exact as they were written
    pyxdf.pyxdf._robust_fit = as_is
    plain = {stream["info"]["stream_id"]: stream["time_stamps"] for stream in pyxdf.load_xdf(path, dejitter_timestamps=dejitter)[0]}
    pyxdf.pyxdf._robust_fit = exact_fit
    streams, _ = pyxdf.load_xdf(path, dejitter_timestamps=dejitter)
    golden[path.name] = []
    for stream in streams:
        info, n = stream["info"], len(stream["time_stamps"])
        is_text = info["channel_format"][0] == "string"
        kept = set(range(min(n, 40))) | set(range(0, n, 97))
        for first, last in info["segments"]:
            kept |= {first, last}
        golden[path.name].append(
            {
                "id": info["stream_id"],
                "nSamples": n,
                "segments": [list(map(int, segment)) for segment in info["segments"]],
                "effectiveRate": float(info["effective_srate"]),
                "asIs": [float(plain[info["stream_id"]][k]) for k in sorted(kept)],
                "samples": [
                    [k, float(stream["time_stamps"][k]), list(stream["time_series"][k]) if is_text else [float(v) for v in stream["time_series"][k]]]
                    for k in sorted(kept)
                ],
            }
        )
Path(__file__).with_name("xdf.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")

"""States of the three-state sudomotor system for a driver held over 0.25 s steps, and the check values of the discretised matrices.

Independent of the closed form: each step is scipy.linalg.expm of the augmented continuous matrix, in double precision.
Run: python sudomotor-layer.py     (numpy 2.4.6, scipy 1.17.1, Python 3.11)
Source of the equations: Amin & Faghih 2022, PLoS Comput Biol 18(7) e1010275.
"""
import json
from pathlib import Path

import numpy as np
from scipy.linalg import expm

DT = 0.25
TAUS = [(0.65, 2.773, 120.0), (0.25, 0.9, 20.0), (1.3, 5.5, 260.0)]


def step(taus, dt):
    r, p, s = taus
    m = np.zeros((4, 4))
    m[:3, :3] = [[-1 / r, 0, 0], [1 / r, -1 / p, 0], [1 / r, 0, -1 / s]]
    m[0, 3] = 1
    e = expm(m * dt)
    return e[:3, :3], e[:3, 3]


rng = np.random.default_rng(20260522)
n = 96
rows = []
for taus in TAUS:
    a, b = step(taus, DT)
    u = np.round(np.where(rng.random(n) < 0.1, rng.gamma(2, 0.5, n), 0) + 0.01, 4)
    x = np.round(rng.random(3) * [0.1, 0.5, 2.0], 4)
    x0 = x.copy()
    states = []
    for k in range(n):
        states.append(x.tolist())
        x = a @ x + b * u[k]
    ahead = {}
    for h in (1, 5, 10, 30):
        ah, bh = step(taus, h)
        ahead[str(h)] = (ah @ np.array(states[-1]) + bh * 0.02).tolist()
    rows.append({"taus": taus, "initial": x0.tolist(), "driver": u.tolist(), "states": states, "aheadWithDriver0.02": ahead})
a, b = step(TAUS[0], DT)
Path(__file__).with_suffix(".json").write_text(json.dumps({"dt": DT, "transition": a.tolist(), "input": b.tolist(), "rows": rows}) + "\n")

"""Golden values of the electrode transformer, in float64 and written independently of the TypeScript.

Run with numpy 2.4.6 on Python 3.11:  python electrode-transformer.py
`published` are the logits of the authors' own class with the same weights and input (float64, torch 2.13); the script refuses to write
anything that is not within 1e-8 of them.
"""
import json
from pathlib import Path
import math
import numpy as np

erf = np.vectorize(math.erf)


def u(seed, n):
    out, s = np.empty(n), seed
    for i in range(n):
        s = (1664525 * s + 1013904223) % 2**32
        out[i] = s / 2**31 - 1
    return out


def tensors(N, K, D, L, H, d, F):
    I = H * d
    yield "bde_proj_layer.linear.weight", (D, 4)
    yield "bde_proj_layer.linear.bias", (D,)
    yield "electrode_id_embedding.embedding", (1, N, D)
    for i in range(L):
        a = f"intercortical_attention_blocks.{i}."
        yield a + "attention.norm.weight", (D,)
        yield a + "attention.norm.bias", (D,)
        yield a + "attention.fn.to_qkv.weight", (3 * I, D)
        yield a + "attention.fn.to_out.0.weight", (D, I)
        yield a + "attention.fn.to_out.0.bias", (D,)
        yield a + "feed_forward.norm.weight", (D,)
        yield a + "feed_forward.norm.bias", (D,)
        yield a + "feed_forward.fn.net.0.weight", (F, D)
        yield a + "feed_forward.fn.net.0.bias", (F,)
        yield a + "feed_forward.fn.net.3.weight", (D, F)
        yield a + "feed_forward.fn.net.3.bias", (D,)
    h = "classification_head."
    yield h + "norm.weight", (D,)
    yield h + "norm.bias", (D,)
    widths = [D, 2 * D, 2 * D, D, K]
    for i in range(4):
        yield h + f"mlp.{3 * i}.weight", (widths[i + 1], widths[i])
        yield h + f"mlp.{3 * i}.bias", (widths[i + 1],)


def weights(*shape):
    out = {}
    for j, (name, s) in enumerate(tensors(*shape)):
        v = u(1000 + j, int(np.prod(s))).reshape(s)
        if "norm.weight" in name:
            v = 1 + 0.1 * v
        elif name.endswith("embedding"):
            v = math.sqrt(3) * v
        elif v.ndim == 2:
            v = v * math.sqrt(3 / s[-1])
        else:
            v = 0.1 * v
        out[name] = v
    return out


def layer_norm(x, g, b):
    m = x.mean(-1, keepdims=True)
    return (x - m) / np.sqrt(((x - m) ** 2).mean(-1, keepdims=True) + 1e-5) * g + b


def gelu(x):
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


def forward(w, x, L, H, d):
    lin = lambda n, v: v @ w[n + ".weight"].T + w[n + ".bias"]
    x = lin("bde_proj_layer.linear", x) + w["electrode_id_embedding.embedding"]
    seen = {"embedded": x, "attention": [], "blocks": []}
    B, N, D = x.shape
    for i in range(L):
        a = f"intercortical_attention_blocks.{i}."
        h = layer_norm(x, w[a + "attention.norm.weight"], w[a + "attention.norm.bias"])
        q, k, v = np.split(h @ w[a + "attention.fn.to_qkv.weight"].T, 3, axis=-1)
        heads = lambda t: t.reshape(B, N, H, d).transpose(0, 2, 1, 3)
        s = heads(q) @ heads(k).transpose(0, 1, 3, 2) * d**-0.5
        e = np.exp(s - s.max(-1, keepdims=True))
        p = e / e.sum(-1, keepdims=True)
        seen["attention"].append(p)
        o = (p @ heads(v)).transpose(0, 2, 1, 3).reshape(B, N, H * d)
        x = x + lin(a + "attention.fn.to_out.0", o)
        h = layer_norm(x, w[a + "feed_forward.norm.weight"], w[a + "feed_forward.norm.bias"])
        x = x + lin(a + "feed_forward.fn.net.3", gelu(lin(a + "feed_forward.fn.net.0", h)))
        seen["blocks"].append(x)
    y = seen["pooled"] = x.mean(1)
    y = layer_norm(y, w["classification_head.norm.weight"], w["classification_head.norm.bias"])
    for i in (0, 3, 6):
        y = gelu(lin(f"classification_head.mlp.{i}", y))
    return lin("classification_head.mlp.9", y), seen


full = dict(D=128, L=4, H=6, d=32, F=128)
tiny = dict(D=16, L=2, H=2, d=8, F=32)
cases = [
    (14, 2, full, [[-0.201517680, -0.018268484], [-0.169074749, 0.023584722]]),
    (14, 5, full, [[-0.201517680, -0.018268484, 0.031477376, 0.317491072, -0.049819350],
                   [-0.169074749, 0.023584722, 0.108622569, 0.395229991, -0.151623578]]),
    (32, 2, full, [[-0.130473495, 0.194762717], [-0.119207747, 0.164143619]]),
    (32, 9, full, [[-0.130473495, 0.194762717, -0.055132586, 0.265825669, -0.055155117, -0.116455598, 0.099682374, -0.340684633, -0.032765930],
                   [-0.119207747, 0.164143619, -0.061010723, 0.384404928, -0.215992993, -0.132537238, 0.179897793, -0.326528510, 0.150880519]]),
    (62, 3, full, [[-0.140093257, 0.189178898, -0.142647393], [-0.233263820, 0.161116593, -0.191256639]]),
    (4, 2, tiny, [[-0.043648481, 0.103211733], [0.013742069, 0.004320131]]),
]

out = []
for N, K, p, published in cases:
    w = weights(N, K, p["D"], p["L"], p["H"], p["d"], p["F"])
    logits, seen = forward(w, 2 * u(7, 2 * N * 4).reshape(2, N, 4), p["L"], p["H"], p["d"])
    assert np.abs(logits - np.array(published)).max() < 1e-8, (N, K, logits)
    r = lambda a: [round(float(v), 10) for v in np.ravel(a)]
    case = dict(nElectrodes=N, nClasses=K, dModel=p["D"], depth=p["L"], nHeads=p["H"], dHead=p["d"], dFeedForward=p["F"], logits=r(logits), pooled=r(seen["pooled"]))
    # of each block: the first and last token of sample 1, and the last attention row of each head of sample 1
    case["embedded"] = r(seen["embedded"][1][[0, -1]])
    case["blocks"] = [r(b[1][[0, -1]]) for b in seen["blocks"]]
    case["attention"] = [r(a[1][:, -1]) for a in seen["attention"]]
    if (N, K) == (14, 2):
        # spot values of the authors' class
        close = lambda a, b: np.abs(np.array(a) - np.array(b)).max() < 1e-8
        assert close(seen["embedded"][0, 0, :4], [2.180434055, -1.589794241, 0.638950934, 1.760340073])
        assert close(seen["attention"][0][0, 0, 0, :4], [0.174962975, 0.011280595, 0.050813847, 0.154946106])
        assert close(seen["attention"][0][0, 5, 13, 12:], [0.019393628, 0.024885436])
        tokens = [[2.764556237, -3.141620038, -0.231053843, 0.800345125], [0.220855810, -4.039597534, 0.028791216, 0.091280901],
                  [0.212033831, -3.718610804, 0.939396154, 0.142090811], [1.190744466, -4.061547539, 0.782542748, 0.357687356]]
        assert all(close(b[0, 0, :4], t) for b, t in zip(seen["blocks"], tokens))
        assert close(seen["pooled"][0, :4], [0.318387938, -2.291547118, -0.715409637, -0.318674855])
    out.append(case)

Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")

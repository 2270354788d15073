"""Golden values of the training parts, from PyTorch 2.13.0 (CPU) on Python 3.11:  python training.py"""
import json
from pathlib import Path
import torch

torch.set_default_dtype(torch.float64)


def u(seed, n):
    out, s = [], seed
    for _ in range(n):
        s = (1664525 * s + 1013904223) % 2**32
        out.append(s / 2**31 - 1)
    return torch.tensor(out)


# AdamW on a bowl of changing gradients, 20 steps, learning rate falling
p = torch.nn.Parameter(u(1, 4))
opt = torch.optim.AdamW([p], lr=0.1, weight_decay=0.05)
track = []
for step in range(20):
    for group in opt.param_groups:
        group["lr"] = 0.1 * (1 - step / 40)
    p.grad = p.detach() * torch.tensor([1.0, 2.0, 0.5, 3.0]) + 0.3 * u(100 + step, 4)
    opt.step()
    track.append(p.detach().tolist())

logits = 2 * u(7, 15).reshape(5, 3)
labels = torch.tensor([0, 2, 1, 1, 0])
weights = torch.tensor([0.5, 1.0, 2.5])
ce = torch.nn.functional.cross_entropy
out = {
    "adamw": track,
    "crossEntropy": [
        {"labelSmoothing": s, "weighted": w, "loss": ce(logits, labels, weight=weights if w else None, label_smoothing=s).item()}
        for s in (0.0, 0.12) for w in (False, True)
    ],
    "cosine": [],
}
lr = torch.nn.Parameter(torch.zeros(1))
opt = torch.optim.SGD([lr], lr=1.0)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=10, eta_min=0.01)
for _ in range(11):
    out["cosine"].append(opt.param_groups[0]["lr"])
    opt.step()
    schedule.step()
Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")

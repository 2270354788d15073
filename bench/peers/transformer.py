"""The electrode transformer in PyTorch eager mode, as our peer: serving at batch 1, and a training step.

    python transformer.py serve NELECTRODES THREADS
    python transformer.py train NELECTRODES BATCH THREADS STEPS wall|cpu

Prints one JSON line: milliseconds of every repetition, and the largest resident memory in MB.
"""
import json
import resource
import sys
import time

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, d_model=128, heads=6, d_head=32, d_hidden=128, drop=0.1):
        super().__init__()
        self.heads, self.d_head = heads, d_head
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.qkv = nn.Linear(d_model, 3 * heads * d_head, bias=False)
        self.out = nn.Sequential(nn.Linear(heads * d_head, d_model), nn.Dropout(drop))
        self.drop = nn.Dropout(drop)
        self.feed = nn.Sequential(nn.Linear(d_model, d_hidden), nn.GELU(), nn.Dropout(drop), nn.Linear(d_hidden, d_model), nn.Dropout(drop))

    def forward(self, x):
        b, n, _ = x.shape
        q, k, v = (t.view(b, n, self.heads, self.d_head).transpose(1, 2) for t in self.qkv(self.norm1(x)).chunk(3, -1))
        shares = self.drop((q @ k.transpose(-1, -2) * self.d_head**-0.5).softmax(-1))
        x = x + self.out((shares @ v).transpose(1, 2).reshape(b, n, -1))
        return x + self.feed(self.norm2(x))


class Network(nn.Module):
    def __init__(self, n, classes=2, d=128):
        super().__init__()
        self.project, self.identity, self.drop = nn.Linear(4, d), nn.Parameter(torch.randn(1, n, d)), nn.Dropout(0.1)
        self.blocks = nn.Sequential(*[Block() for _ in range(4)])
        layer = lambda i, o: [nn.Linear(i, o), nn.GELU(), nn.Dropout(0.1)]
        self.head = nn.Sequential(nn.LayerNorm(d), *layer(d, 2 * d), *layer(2 * d, 2 * d), *layer(2 * d, d), nn.Linear(d, classes))

    def forward(self, x):
        return self.head(self.blocks(self.drop(self.project(x) + self.identity)).mean(1))


mode, n = sys.argv[1], int(sys.argv[2])
torch.manual_seed(1)
network = Network(n)
ms = []
if mode == "serve":
    torch.set_num_threads(int(sys.argv[3]))
    network.eval()
    x = torch.randn(1, n, 4)
    with torch.inference_mode():
        for i in range(330):
            t = time.perf_counter()
            network(x).numpy()
            ms.append(1e3 * (time.perf_counter() - t))
    ms = ms[30:]
else:
    batch, threads, steps = map(int, sys.argv[3:6])
    clock = time.process_time if sys.argv[6] == "cpu" else time.perf_counter
    torch.set_num_threads(threads)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-3)
    x, y = torch.randn(batch, n, 4), torch.randint(0, 2, (batch,))
    for i in range(steps + 2):
        t = clock()
        optimiser.zero_grad()
        nn.functional.cross_entropy(network(x), y, label_smoothing=0.12).backward()
        optimiser.step()
        ms.append(1e3 * (clock() - t))
    ms = ms[2:]
print(json.dumps({"ms": ms, "rssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "version": torch.__version__}))

"""Steps of a small model, as a stranger's loop runs them, with and without a client.

Modes: `plain` and `hooked` time every step of a process of its own; `theirs` does so with the
released client, used as its guide says; `blocks` puts our hooks in and takes them off in turn within
one process. Prints one line of JSON; times are microseconds.
"""

import json
import sys
import time

import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
BATCHES, BATCH = 500, 32

samples = TensorDataset(torch.randn(BATCHES * BATCH, 24), torch.randint(0, 8, (BATCHES * BATCH,)))
model = torch.nn.Sequential(torch.nn.Linear(24, 32), torch.nn.ReLU(), torch.nn.Linear(32, 8))
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
loss_of = torch.nn.CrossEntropyLoss()


def epoch():
    """Microseconds of every iteration, the first ones left out."""
    times, last = [], time.perf_counter()
    for x, y in DataLoader(samples, batch_size=BATCH):
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()
        now = time.perf_counter()
        times.append((now - last) * 1e6)
        last = now
    return times[20:]


def epoch_of_theirs(traceml):
    times, last = [], time.perf_counter()
    for x, y in DataLoader(samples, batch_size=BATCH):
        with traceml.trace_step(model):
            optimizer.zero_grad()
            loss_of(model(x), y).backward()
            optimizer.step()
        now = time.perf_counter()
        times.append((now - last) * 1e6)
        last = now
    return times[20:]


def median(values):
    return sorted(values)[len(values) // 2]


def blocks(pairs):
    """Plain, hooked and plain epochs in turn: what the hooks add to the median step."""
    from traceml_pytorch.hooks.install import KINDS
    from traceml_pytorch.runtime import runtime

    def hooked():
        runtime.hook(tuple(KINDS))
        times = epoch()
        runtime.unhook()
        return times

    hooked()
    plain, added, all_plain, all_hooked = [], [], [], []
    for _ in range(pairs):
        before, during, after = epoch(), hooked(), epoch()
        plain.append((median(before) + median(after)) / 2)
        added.append(median(during) - plain[-1])
        all_plain += before + after
        all_hooked += during
    return {"plain": plain, "added": added, "times": [all_plain, all_hooked]}


mode, count = sys.argv[1], int(sys.argv[2])
if mode == "blocks":
    print(json.dumps(blocks(count)))
elif mode == "theirs":
    import traceml_ai

    traceml_ai.init()
    epoch_of_theirs(traceml_ai)
    print(json.dumps([time for _ in range(count) for time in epoch_of_theirs(traceml_ai)]))
else:
    epoch()
    print(json.dumps([time for _ in range(count) for time in epoch()]))

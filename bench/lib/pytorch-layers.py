"""Steps of an MLP of 12 layers, in turn without hooks, with those of the profile `run` and with the
deep profile at its default budget, in one process.

Prints one line of JSON: mean microseconds of a step in every block, and what was measured. Blocks of
`run` keep their steps to themselves, those of the deep profile encode and send theirs: the difference
is not smaller for it.
"""

import json
import sys
import threading
import time

import torch

torch.set_num_threads(1)
WIDTH, BATCH, STEPS = int(sys.argv[1]), 64, int(sys.argv[2])
BLOCKS = int(sys.argv[3])

modules = [part for _ in range(12) for part in (torch.nn.Linear(WIDTH, WIDTH), torch.nn.ReLU(inplace=True))]
model = torch.nn.Sequential(*modules)
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
x, y = torch.randn(BATCH, WIDTH), torch.randn(BATCH, WIDTH)


def block():
    """Mean microseconds of a step."""
    begun = time.perf_counter()
    for _ in range(STEPS):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    return (time.perf_counter() - begun) / STEPS * 1e6


def with_run():
    from traceml_pytorch.hooks.guard import Guard
    from traceml_pytorch.hooks.install import install
    from traceml_pytorch.patches import Patches
    from traceml_pytorch.step_tracker import StepTracker

    patches = Patches()
    tracker = StepTracker(lambda step: None, threading.get_ident())
    install(torch, patches, Guard(tracker, is_compiling=torch.compiler.is_compiling))
    mean = block()
    patches.undo()
    return mean


def with_deep():
    from traceml_pytorch.hooks.install import KINDS
    from traceml_pytorch.runtime import runtime

    runtime.hook(tuple(KINDS))
    mean = block()
    runtime.unhook()
    return mean


from traceml_pytorch.runtime import runtime  # noqa: E402

runtime.unhook()
block(), with_run(), with_deep()
found = {"plain": [], "run": [], "deep": []}
for index in range(BLOCKS):
    kinds = [("plain", block), ("run", with_run), ("deep", with_deep)]
    for kind, measure in kinds if index % 2 else reversed(kinds):
        found[kind].append(measure())
found["every"] = runtime.layers.sampler.every
print(json.dumps(found))

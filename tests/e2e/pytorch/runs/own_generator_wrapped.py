import time

import torch
from traceml_pytorch import sdk as traceml
from paced import Net, loss_of, sgd


def batches(count):
    for _ in range(count):
        time.sleep(0.01)
        yield torch.randn(4, 16), torch.randint(0, 4, (4,))


net = Net()
optimizer = sgd(net)
for x, y in traceml.wrap_dataloader_fetch(batches(60)):
    optimizer.zero_grad()
    loss_of(net, x, y).backward()
    optimizer.step()

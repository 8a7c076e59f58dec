"""One rank of a run with gloo. The fault, and the rank that has it, are arguments."""

import sys
import time

import torch
import torch.distributed as dist
from paced import Net, loader, loss_of, sgd
from torch.nn.parallel import DistributedDataParallel

fault, slow_rank = sys.argv[1], int(sys.argv[2])
dist.init_process_group("gloo")
has_fault = dist.get_rank() == slow_rank
net = Net()
if has_fault and fault == "forward":
    net.forward_ms += 20
if has_fault and fault == "uneven":
    # A batch three times as large takes three times as long.
    net.forward_ms *= 3
    net.backward_ms *= 3
model = DistributedDataParallel(net)
optimizer = sgd(model)
for x, y in loader(batches=50, item_ms=5 if has_fault and fault == "loader" else 0):
    if has_fault and fault == "uneven":
        x, y = x.repeat(3, 1), y.repeat(3)
    optimizer.zero_grad()
    loss_of(model, x, y).backward()
    optimizer.step()
dist.destroy_process_group()

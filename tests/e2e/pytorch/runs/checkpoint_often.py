import os
import tempfile
import time

import torch
from paced import Net, loader, loss_of, sgd


def save(net, path):
    torch.save(net.state_dict(), path)
    # A slow disk.
    time.sleep(0.05)


net = Net()
optimizer = sgd(net)
with tempfile.TemporaryDirectory() as folder:
    for index, (x, y) in enumerate(loader()):
        optimizer.zero_grad()
        loss_of(net, x, y).backward()
        optimizer.step()
        if index % 3 == 2:
            save(net, os.path.join(folder, "last.pt"))

import time

import torch
from paced import Net, loader, loss_of


class Slow(torch.optim.SGD):
    def step(self, closure=None):
        time.sleep(0.04)
        return super().step(closure)


net = Net()
optimizer = Slow(net.parameters(), lr=0.01)
for x, y in loader(batches=40):
    optimizer.zero_grad()
    loss_of(net, x, y).backward()
    optimizer.step()

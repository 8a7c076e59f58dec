import time

from paced import Net, loader, loss_of, sgd
from torch.utils.data import default_collate


def collate(samples):
    time.sleep(0.01)
    return default_collate(samples)


net = Net()
optimizer = sgd(net)
for x, y in loader(collate_fn=collate):
    optimizer.zero_grad()
    loss_of(net, x, y).backward()
    optimizer.step()

import torch
from paced import Net, loader, loss_of, sgd

net = Net()
optimizer = sgd(net)
history = []
for x, y in loader(batches=200):
    optimizer.zero_grad()
    loss = loss_of(net, x, y)
    loss.backward()
    optimizer.step()
    # The whole graph of the loss, and what it holds, is kept.
    history.append((loss, torch.ones(1 << 19)))

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
    # Looks like a leak: as much is made at each step, and only the number is kept.
    history.append(float(loss) + float(torch.ones(1 << 19).sum()))

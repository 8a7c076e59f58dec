import torch
from paced import Net, loader, loss_of, sgd

net = Net()
optimizer = sgd(net)
best = float("inf")
for epoch in range(10):
    net.train()
    for x, y in loader(batches=15):
        optimizer.zero_grad()
        loss_of(net, x, y).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        loss = sum(float(loss_of(net, x, y)) for x, y in loader(batches=3))
    if epoch == 4:
        break

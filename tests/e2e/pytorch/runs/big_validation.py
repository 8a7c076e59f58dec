import torch
from paced import Net, loader, loss_of, sgd

net = Net()
optimizer = sgd(net)
validation = loader(batches=25, item_ms=1)
for index, (x, y) in enumerate(loader()):
    optimizer.zero_grad()
    loss_of(net, x, y).backward()
    optimizer.step()
    if index % 15 == 14:
        net.eval()
        with torch.no_grad():
            for x, y in validation:
                loss_of(net, x, y)
        net.train()

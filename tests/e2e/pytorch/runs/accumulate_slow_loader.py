from paced import Net, loader, loss_of, sgd

net = Net()
optimizer = sgd(net)
for index, (x, y) in enumerate(loader(batches=120, item_ms=3)):
    (loss_of(net, x, y) / 4).backward()
    if index % 4 == 3:
        optimizer.step()
        optimizer.zero_grad()

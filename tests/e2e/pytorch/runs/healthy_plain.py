from paced import Net, loader, loss_of, sgd

net = Net(20, 30)
optimizer = sgd(net)
for x, y in loader(batches=40, item_ms=1, num_workers=2, persistent_workers=True):
    optimizer.zero_grad()
    loss_of(net, x, y).backward()
    optimizer.step()

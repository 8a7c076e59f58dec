from paced import Net, loader, loss_of, sgd

net = Net()
optimizer = sgd(net)
for x, y in loader(item_ms=3):
    optimizer.zero_grad()
    loss_of(net, x, y).backward()
    optimizer.step()

from paced import Net, loader, loss_of, sgd

net = Net(forward_ms=40)
optimizer = sgd(net)
for x, y in loader(batches=40):
    optimizer.zero_grad()
    loss_of(net, x, y).backward()
    optimizer.step()

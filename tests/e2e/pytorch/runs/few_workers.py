from paced import Net, loader, loss_of, sgd

net = Net()
optimizer = sgd(net)
# One worker delivers a batch every 32 ms, the training takes 16 ms for one.
for x, y in loader(item_ms=8, num_workers=1):
    optimizer.zero_grad()
    loss_of(net, x, y).backward()
    optimizer.step()

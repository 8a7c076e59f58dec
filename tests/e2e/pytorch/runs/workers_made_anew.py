from paced import Net, loader, loss_of, sgd

net = Net()
optimizer = sgd(net)
# Every epoch of five batches starts its workers again: persistent_workers is missing.
batches = loader(batches=5, num_workers=2)
for _ in range(12):
    for x, y in batches:
        optimizer.zero_grad()
        loss_of(net, x, y).backward()
        optimizer.step()

import time

from paced import Net, loader, loss_of, sgd


def log(**values):
    # A tracker that is waited for.
    time.sleep(0.006)


net = Net()
optimizer = sgd(net)
for x, y in loader():
    optimizer.zero_grad()
    loss = loss_of(net, x, y)
    loss.backward()
    optimizer.step()
    log(loss=loss.item())

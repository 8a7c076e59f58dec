import torch
from torch.utils.data import DataLoader, TensorDataset

# One sample at a time through a tiny model: gathering a batch costs more than its compute.
torch.set_num_threads(1)
samples = TensorDataset(*(torch.randn(600, 4) for _ in range(12)), torch.randint(0, 2, (600,)))
net = torch.nn.Linear(4, 2)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for *xs, y in DataLoader(samples, batch_size=16):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(net(xs[0]), y).backward()
    optimizer.step()

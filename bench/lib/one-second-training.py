"""A PyTorch training whose steps take one second: 100 steps of 10 ms, most of it waiting."""

import time

import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
model = torch.nn.Sequential(torch.nn.Linear(32, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
loss_of = torch.nn.CrossEntropyLoss()
data = TensorDataset(torch.randn(800, 32), torch.randint(0, 10, (800,)))
for inputs, labels in DataLoader(data, batch_size=8):
    end = time.perf_counter() + 0.01
    optimizer.zero_grad()
    loss_of(model(inputs), labels).backward()
    optimizer.step()
    time.sleep(max(0.0, end - time.perf_counter()))

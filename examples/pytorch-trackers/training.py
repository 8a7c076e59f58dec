"""An ordinary training: nothing of traceml in it."""

import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)


def train(steps: int = 60) -> float:
    samples = TensorDataset(torch.randn(steps * 8, 16), torch.randint(0, 4, (steps * 8,)))
    model = torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4))
    optimizer = torch.optim.Adam(model.parameters())
    for inputs, labels in DataLoader(samples, batch_size=8):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(inputs), labels)
        loss.backward()
        optimizer.step()
    return loss.item()

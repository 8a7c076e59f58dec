"""A loop with Accelerate: two micro-batches a step."""

import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
model = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4))
samples = TensorDataset(torch.randn(160, 8), torch.randint(0, 4, (160,)))
model, optimizer, batches = accelerator.prepare(
    model, torch.optim.AdamW(model.parameters()), DataLoader(samples, batch_size=4)
)
for _ in range(2):
    for x, y in batches:
        with accelerator.accumulate(model):
            accelerator.backward(torch.nn.functional.cross_entropy(model(x), y))
            optimizer.step()
            optimizer.zero_grad()

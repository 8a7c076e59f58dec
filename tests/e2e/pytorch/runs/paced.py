"""Parts of small trainings whose pace is known: what takes time sleeps, so that a busy machine
changes little. Everything else is what a stranger's script would have."""

import time

import torch
from torch.utils.data import DataLoader, Dataset

torch.set_num_threads(1)
torch.manual_seed(0)


class _Pace(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, forward_ms, backward_ms):
        ctx.backward_ms = backward_ms
        time.sleep(forward_ms / 1000)
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        time.sleep(ctx.backward_ms / 1000)
        return gradient, None, None


class Net(torch.nn.Module):
    """A classifier that takes its time."""

    def __init__(self, forward_ms=6, backward_ms=10):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(16, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4)
        )
        self.forward_ms, self.backward_ms = forward_ms, backward_ms

    def forward(self, x):
        return self.layers(_Pace.apply(x.requires_grad_(), self.forward_ms, self.backward_ms))


class Samples(Dataset):
    """Random samples, each of which takes `item_ms` to load."""

    def __init__(self, count, item_ms=0.0):
        self.count, self.item_ms = count, item_ms

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if self.item_ms:
            time.sleep(self.item_ms / 1000)
        return torch.randn(16), index % 4


def loader(batches=60, item_ms=0.0, **options):
    return DataLoader(Samples(batches * 4, item_ms), batch_size=4, **options)


def loss_of(net, x, y):
    return torch.nn.functional.cross_entropy(net(x), y)


def sgd(net):
    return torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)

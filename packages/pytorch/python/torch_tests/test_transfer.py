"""Copies to the device, on a torch that claims to be built for one."""

import unittest
from unittest import mock

import torch
from torch_tests.support import Training, make_loader, traced
from traceml_pytorch.hooks.transfer import names_device


class Targets(unittest.TestCase):
    def test_what_names_a_device(self) -> None:
        for args, kwargs in (
            (("cuda",), {}), (("cuda:0",), {}), ((torch.device("cuda"),), {}), ((1,), {}),
            ((), {"device": "cuda:1"}), ((), {"device": torch.device("cuda", 1)}),
        ):  # fmt: skip
            self.assertTrue(names_device(torch, args, kwargs), (args, kwargs))
        for args, kwargs in (
            (("cpu",), {}), ((torch.device("cpu"),), {}), ((torch.float16,), {}), ((), {}),
            (("/path/to/cudacheckpoint",), {}), (("not_a_device",), {}), ((torch.ones(1),), {}),
        ):  # fmt: skip
            self.assertFalse(names_device(torch, args, kwargs), (args, kwargs))


class Moves(unittest.TestCase):
    def test_batches_are_measured_and_parameters_are_not(self) -> None:
        training = Training()
        with mock.patch.object(torch.version, "cuda", "12.0"), traced() as trace:
            for x, y in make_loader(3):
                for tensor in (x, y, torch.nn.Parameter(x)):
                    # This torch has no device in truth: its error is the program's.
                    with self.assertRaises((AssertionError, RuntimeError)):
                        tensor.to("cuda")
                x.to(torch.float64)
                training.step(x, y)
        self.assertEqual([step.h2d_calls for step in trace.steps], [2, 2, 2])

    def test_a_torch_without_a_device_is_left_alone(self) -> None:
        before = torch.Tensor.to
        with mock.patch.object(torch.version, "cuda", None), traced():
            self.assertIs(torch.Tensor.to, before)


if __name__ == "__main__":
    unittest.main()

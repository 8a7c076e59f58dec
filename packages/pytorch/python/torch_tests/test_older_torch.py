"""Releases before 2.0, which have no hooks for all optimizers: their absence is staged."""

import importlib
import unittest
from typing import Any
from unittest import mock

import torch

from torch_tests.support import Training, make_loader, traced

_OPTIMIZER = importlib.import_module("torch.optim.optimizer")


class WithoutGlobalHooks(unittest.TestCase):
    def setUp(self) -> None:
        for name in ("register_optimizer_step_pre_hook", "register_optimizer_step_post_hook"):
            hook = getattr(_OPTIMIZER, name)
            delattr(_OPTIMIZER, name)
            self.addCleanup(setattr, _OPTIMIZER, name, hook)

    def test_optimizers_and_schedulers(self) -> None:
        class Own(torch.optim.SGD):
            """Inherits its step."""

        # torch itself changes a class when its first optimizer is made.
        Training(torch.optim.SGD), Training(torch.optim.Adam)
        before = (torch.optim.SGD.step, torch.optim.Adam.step)
        for kind in (torch.optim.SGD, Own, torch.optim.Adam):
            with traced() as trace:
                training = Training(kind)
                scheduler = torch.optim.lr_scheduler.StepLR(training.optimizer, 1)
                for x, y in make_loader(3):
                    training.step(x, y)
                    scheduler.step()
            self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 3)
        self.assertEqual((torch.optim.SGD.step, torch.optim.Adam.step), before)

    def test_a_step_that_raises(self) -> None:
        class Failing(torch.optim.Optimizer):
            def __init__(self, parameters: Any, lr: float) -> None:
                super().__init__(parameters, {"lr": lr})

            def step(self, closure: Any = None) -> Any:
                raise RuntimeError("mine")

        with traced():
            training = Training(Failing)
            for x, y in make_loader(2):
                with self.assertRaisesRegex(RuntimeError, "mine"):
                    training.step(x, y)

    def test_without_a_compiler(self) -> None:
        from traceml_pytorch.runtime import _compiling_test

        with mock.patch.object(torch, "compiler", None):
            self.assertFalse(_compiling_test(torch)())


if __name__ == "__main__":
    unittest.main()

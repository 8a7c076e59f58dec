"""Loops as people write them, on the real torch."""

import contextlib
import gc
import threading
import unittest
import weakref
from typing import Any
from unittest import mock

import torch
from torch.utils.data import DataLoader, IterableDataset

from torch_tests.support import Training, make_loader, make_model, traced
from traceml_pytorch.step_tracker import StepTracker


class Loops(unittest.TestCase):
    def test_plain(self) -> None:
        training = Training()
        with traced() as trace:
            for _ in range(2):
                for x, y in make_loader(3):
                    training.step(x, y)
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 6)

    def test_loader_and_iterator_from_before_the_hooks(self) -> None:
        training, loader = Training(), make_loader(4)
        iterator = iter(loader)
        training.step(*next(iterator))
        with traced() as trace:
            for x, y in iterator:
                training.step(x, y)
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 3)

    def test_workers(self) -> None:
        training = Training()
        with traced() as trace:
            for x, y in make_loader(4, num_workers=2):
                training.step(x, y)
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 4)

    def test_gradient_accumulation_and_schedulers(self) -> None:
        training = Training()
        scheduler = torch.optim.lr_scheduler.StepLR(training.optimizer, 1)
        with traced() as trace:
            for index, (x, y) in enumerate(make_loader(6)):
                training.loss(training.model(x), y).backward()
                if index % 3 == 2:
                    training.optimizer.step()
                    training.optimizer.zero_grad()
                    scheduler.step()
        self.assertEqual(trace.calls(), [(3, 3, 3, 1)] * 2)

    def test_scheduler_made_before_the_hooks(self) -> None:
        training = Training()
        torch.optim.lr_scheduler.StepLR(training.optimizer, 1)
        with traced() as trace:
            for x, y in make_loader(2):
                training.step(x, y)
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 2)

    def test_validation(self) -> None:
        training = Training()
        with traced() as trace:
            for _ in range(2):
                for x, y in make_loader(3):
                    training.step(x, y)
                training.model.eval()
                with torch.no_grad():
                    for x, _ in make_loader(5):
                        training.model(x)
                training.model.train()
            trace.end()
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 6)

    def test_validation_on_tensors_every_few_steps(self) -> None:
        training, batch = Training(), torch.randn(4, 8)
        with traced() as trace:
            for index, (x, y) in enumerate(make_loader(6)):
                training.step(x, y)
                if index % 2:
                    training.model.eval()
                    with torch.no_grad():
                        training.model(batch)
                    training.model.train()
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 6)

    def test_two_optimizers(self) -> None:
        first, second = Training(), Training()
        with traced() as trace:
            for x, y in make_loader(3):
                first.step(x, y)
                second.step(x, y)
        self.assertEqual(trace.calls(), [(1, 2, 2, 2)] * 3)

    def test_no_loader(self) -> None:
        training = Training()
        with traced() as trace:
            for _ in range(4):
                training.step(torch.randn(4, 8), torch.randint(0, 4, (4,)))
            trace.end()
        self.assertEqual(trace.calls(), [(0, 1, 1, 1)] * 4)

    def test_lbfgs(self) -> None:
        model, x = make_model(), torch.randn(4, 8)
        optimizer = torch.optim.LBFGS(model.parameters(), max_iter=3)

        def closure() -> Any:
            optimizer.zero_grad()
            loss = model(x).square().mean()
            loss.backward()
            return loss

        with traced() as trace:
            for _ in range(3):
                optimizer.step(closure)
            trace.end()
        self.assertEqual([call[3] for call in trace.calls()], [1, 1, 1])
        for step in trace.steps:
            self.assertGreater(step.forward_calls, 1)
            self.assertEqual(step.forward_calls, step.backward_calls)
            self.assertLess(step.optimizer, step.traced)

    def test_scaler_that_skips(self) -> None:
        training = Training()
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**60)
        with traced() as trace:
            for index, (x, y) in enumerate(make_loader(4)):
                training.optimizer.zero_grad()
                loss = training.loss(training.model(x * (1e30 if index % 2 else 1)), y)
                scaler.scale(loss).backward()
                scaler.step(training.optimizer)
                scaler.update()
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 4)

    def test_checkpointed_forward_is_part_of_the_backward(self) -> None:
        from torch.utils.checkpoint import checkpoint

        training = Training()
        with traced() as trace:
            for x, y in make_loader(2):
                out = checkpoint(training.model, x.requires_grad_(), use_reentrant=False)
                training.loss(out, y).backward()
                training.optimizer.step()
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 2)

    def test_gradients_by_function(self) -> None:
        training = Training()
        with traced() as trace:
            for x, y in make_loader(2):
                loss = training.loss(training.model(x), y)
                parameters = list(training.model.parameters())
                for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
                    parameter.grad = gradient
                training.optimizer.step()
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 2)

    def test_modules_inside_the_dataset_are_input(self) -> None:
        transform = make_model()

        class Data(torch.utils.data.Dataset):
            def __len__(self) -> int:
                return 8

            def __getitem__(self, index: int) -> Any:
                with torch.no_grad():
                    transform(torch.randn(1, 8))
                return torch.randn(8), index % 4

        training = Training()
        with traced() as trace:
            for x, y in DataLoader(Data(), batch_size=4):
                training.step(x, y)
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 2)

    def test_a_loader_inside_a_loader_is_one_input(self) -> None:
        inner = make_loader(3)

        class Data(IterableDataset):
            def __iter__(self) -> Any:
                for x, y in inner:
                    yield from zip(x, y)

        training = Training()
        with traced() as trace:
            for x, y in DataLoader(Data(), batch_size=4):
                training.step(x, y)
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 3)

    def test_training_in_another_thread(self) -> None:
        training = Training()

        def train() -> None:
            for x, y in make_loader(3):
                training.step(x, y)

        with traced() as trace:
            thread = threading.Thread(target=train)
            thread.start()
            thread.join()
            trace.end()
        # The first step had begun before it was known that this thread trains.
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 2)

    def test_work_of_other_threads_is_not_mixed_in(self) -> None:
        training, other = Training(), Training()
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                other.model(torch.randn(4, 8))

        with traced() as trace:
            training.step(*next(iter(make_loader(1))))
            thread = threading.Thread(target=serve)
            thread.start()
            for x, y in make_loader(20):
                training.step(x, y)
            stop.set()
            thread.join()
        self.assertEqual(trace.calls()[1:], [(1, 1, 1, 1)] * 20)


class Lifetimes(unittest.TestCase):
    def test_loaders_and_models_are_freed_as_without_the_hooks(self) -> None:
        for workers in (0, 1):
            with self.subTest(workers=workers), traced():
                training = Training()
                loader = make_loader(2, num_workers=workers, persistent_workers=workers > 0)
                for x, y in loader:
                    training.step(x, y)
                gone = [weakref.ref(loader), weakref.ref(training.model)]
                gc.collect()
                gc.disable()
                try:
                    del loader, training
                    self.assertEqual([one() for one in gone], [None, None])
                finally:
                    gc.enable()


class Errors(unittest.TestCase):
    def test_the_error_of_the_training_passes_and_the_next_step_is_whole(self) -> None:
        training = Training()

        class Broken(torch.nn.Module):
            def forward(self, x: Any) -> Any:
                raise ValueError("mine")

        with traced() as trace:
            for index, (x, y) in enumerate(make_loader(3)):
                if index == 1:
                    with self.assertRaisesRegex(ValueError, "mine"):
                        Broken()(x)
                    with self.assertRaises(RuntimeError):
                        torch.randn(3).sum().backward()
                training.step(x, y)
        self.assertEqual(trace.calls(), [(1, 1, 1, 1), (1, 2, 2, 1), (1, 1, 1, 1)])

    def test_an_optimizer_that_raises(self) -> None:
        training = Training()

        class Failing(torch.optim.SGD):
            fails = True

            def step(self, closure: Any = None) -> Any:
                if self.fails:
                    raise RuntimeError("mine")
                return super().step(closure)

        training.optimizer = Failing(training.model.parameters(), lr=0.1)
        with traced() as trace:
            for index, (x, y) in enumerate(make_loader(3)):
                training.optimizer.fails = index == 1
                if index == 1:
                    with self.assertRaisesRegex(RuntimeError, "mine"):
                        training.step(x, y)
                else:
                    training.step(x, y)
        self.assertEqual([call[3] for call in trace.calls()], [1, 1])

    def test_a_mistake_of_ours_ends_the_measuring_not_the_training(self) -> None:
        for method in (
            "begin_fetch", "begin_forward", "begin_backward", "begin_update",
            "end_fetch", "end_forward", "end_backward", "end_update",
        ):  # fmt: skip
            training = Training()
            with contextlib.suppress(ZeroDivisionError), traced() as trace:
                with mock.patch.object(StepTracker, method, side_effect=ZeroDivisionError):
                    losses = [training.step(x, y) for x, y in make_loader(3)]
                self.assertEqual(len(losses), 3)
                self.assertIsInstance(trace.errors[0], ZeroDivisionError)

    def test_everything_is_as_it_was_when_the_hooks_are_off(self) -> None:
        def seams() -> Any:
            from torch.utils.data import dataloader

            return (
                torch.nn.Module.__call__,
                torch.autograd.backward,
                torch.autograd.grad,
                DataLoader.__iter__,
                dataloader._BaseDataLoaderIter.__next__,
                torch.amp.GradScaler.step,
            )

        before = seams()
        with traced():
            self.assertTrue(all(a is not b for a, b in zip(before, seams())))
        self.assertEqual(before, seams())


class Compilers(unittest.TestCase):
    def test_torchscript_of_a_function_with_gradients(self) -> None:
        with traced():

            @torch.jit.script
            def gradient(x: torch.Tensor) -> torch.Tensor:
                y = (x * x).sum()
                grads = torch.autograd.grad([y], [x])
                found = grads[0]
                assert found is not None
                return found

            x = torch.ones(2, requires_grad=True)
            self.assertEqual(gradient(x).tolist(), [2.0, 2.0])

    def test_symbolic_tracing(self) -> None:
        with traced():
            graph = torch.fx.symbolic_trace(make_model())
            self.assertEqual(graph(torch.randn(2, 8)).shape, (2, 4))

    def test_compiled_model_without_a_break_in_its_graph(self) -> None:
        training = Training()
        with traced() as trace:
            model = torch.compile(training.model, backend="eager", fullgraph=True)
            for x, y in make_loader(3):
                training.optimizer.zero_grad()
                training.loss(model(x), y).backward()
                training.optimizer.step()
        self.assertEqual(trace.calls(), [(1, 1, 1, 1)] * 3)

    def test_compiled_function_that_calls_a_model(self) -> None:
        training = Training()
        with traced() as trace:

            @torch.compile(backend="eager", fullgraph=True)
            def loss_of(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
                return training.loss(training.model(x), y)

            for x, y in make_loader(3):
                training.optimizer.zero_grad()
                loss_of(x, y).backward()
                training.optimizer.step()
        self.assertEqual([call[2:] for call in trace.calls()], [(1, 1)] * 3)


if __name__ == "__main__":
    unittest.main()

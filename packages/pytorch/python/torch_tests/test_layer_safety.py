"""The deep profile changes nothing: the same losses, gradients and errors as without it."""

import contextlib
import copy
import io
import threading
import unittest
import warnings
from typing import Any, Callable, Dict, List
from unittest import mock

import torch
import torch._dynamo.testing
from torch import nn
from torch.utils.checkpoint import checkpoint

from torch_tests.layer_support import Burn, layers, train


class Cnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm, self.act = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True)
        self.pool, self.drop, self.head = nn.MaxPool2d(2), nn.Dropout(0.3), nn.Linear(4 * 9, 3)

    def forward(self, x: torch.Tensor) -> Any:
        x = self.drop(self.pool(self.act(self.norm(self.conv(x)))))
        flat = x.view(x.shape[0], -1)
        flat.mul_(2)
        return {"logits": self.head(flat), "views": list(flat.unbind(1))}


class Checkpointed(nn.Module):
    def __init__(self, use_reentrant: bool) -> None:
        super().__init__()
        self.first = nn.Linear(6, 6)
        self.block = nn.Sequential(nn.Linear(6, 6), nn.Dropout(0.2), nn.ReLU(inplace=True))
        self.last = nn.Linear(6, 2)
        self.use_reentrant = use_reentrant

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        return self.last(checkpoint(self.block, x, use_reentrant=self.use_reentrant))


def _losses(make: Callable[[], nn.Module], batch: Callable[[], Any], **options: Any) -> Any:
    """Losses and final parameters of a training from a seed."""
    torch.manual_seed(3)
    model = make()
    losses = train(model, batch, steps=6, **options)
    return losses, [parameter.detach().clone() for parameter in model.parameters()]


class TheSame(unittest.TestCase):
    def check(self, make: Callable[[], nn.Module], batch: Callable[[], Any], **options: Any) -> Any:
        plain = _losses(make, batch, **options)
        with layers() as seen:
            traced = _losses(make, batch, **options)
        self.assertEqual(traced[0], plain[0])
        for one, other in zip(traced[1], plain[1]):
            self.assertTrue(torch.equal(one, other))
        return seen

    def test_in_place_views_and_containers(self) -> None:
        seen = self.check(
            Cnn,
            lambda: torch.randn(4, 1, 8, 8),
            loss_of=lambda out: out["logits"].pow(2).mean() + out["views"][0].sum(),
        )
        calls = seen.calls()
        self.assertEqual(set(calls.values()), {(1, 1)})

    def test_transformer(self) -> None:
        self.check(
            lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2, enable_nested_tensor=False),
            lambda: torch.randn(5, 3, 8),
        )

    def test_checkpoints_are_recomputed_in_the_backward_pass(self) -> None:
        for use_reentrant in (False, True):
            seen = self.check(lambda: Checkpointed(use_reentrant), lambda: torch.randn(4, 6))
            calls = seen.calls()
            for name in ("Checkpointed", "first", "block", "block.0", "block.2", "last"):
                self.assertEqual(calls[name], (1, 1), (use_reentrant, name))

    def test_the_recomputation_is_time_of_the_backward_pass(self) -> None:
        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.first, self.inner = nn.Linear(4, 4), nn.Sequential(Burn(20, 5), nn.Linear(4, 4))

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return checkpoint(self.inner, self.first(x), use_reentrant=False)

        with layers() as seen:
            train(Net(), lambda: torch.randn(2, 4))
        slow = seen.costs()["inner.0"]
        self.assertEqual(slow.forward_calls, 1)
        self.assertGreaterEqual(slow.forward, 0.020)
        self.assertGreaterEqual(slow.backward, 0.025)

    def test_mixed_precision_with_its_scaler(self) -> None:
        def run() -> List[float]:
            torch.manual_seed(1)
            model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(inplace=True), nn.Linear(8, 2))
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            scaler = torch.amp.GradScaler("cpu")
            losses = []
            for _ in range(4):
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    loss = model(torch.randn(4, 8)).float().pow(2).mean()
                scaler.scale(loss).backward()
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad()
                losses.append(loss.item())
            return losses

        plain = run()
        with layers() as seen:
            self.assertEqual(run(), plain)
        # Two bytes a number.
        self.assertEqual(seen.sizes()["0"], (4 * 8 * 2, 4 * 8 * 2))

    def test_gradients_of_gradients(self) -> None:
        def run() -> float:
            torch.manual_seed(2)
            model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            for _ in range(3):
                x = torch.randn(5, 4, requires_grad=True)
                (slope,) = torch.autograd.grad(model(x).sum(), x, create_graph=True)
                loss = (slope.norm(dim=1) - 1).pow(2).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            return loss.item()

        plain = run()
        with layers() as seen:
            self.assertEqual(run(), plain)
        self.assertEqual(seen.calls()["0"][0], 1)

    def test_a_graph_that_is_kept(self) -> None:
        def run() -> List[torch.Tensor]:
            torch.manual_seed(2)
            model = nn.Linear(3, 3)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            state = torch.zeros(2, 3)
            for _ in range(4):
                optimizer.zero_grad()
                out = model(torch.randn(2, 3) + state)
                out.sum().backward(retain_graph=True)
                out.pow(2).sum().backward()
                optimizer.step()
                state = out.detach()
            return [p.detach() for p in model.parameters()]

        plain = run()
        with layers() as seen:
            for one, other in zip(run(), plain):
                self.assertTrue(torch.equal(one, other))
        self.assertEqual(seen.calls(), {"Linear": (1, 2)})

    def test_hooks_of_the_program(self) -> None:
        def make() -> nn.Module:
            model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
            model[0].register_forward_hook(lambda module, args, out: out * 2)
            model[1].register_full_backward_hook(lambda module, into, out: (into[0] * 3,))
            model[2].register_forward_pre_hook(lambda module, args: (args[0] + 1,))
            model[2].weight.register_hook(lambda gradient: gradient * 2)
            return model

        seen = self.check(make, lambda: torch.randn(3, 4))
        self.assertEqual(seen.calls()["0"], (1, 1))

    def test_compiled_modules(self) -> None:
        for make in (
            lambda: torch.compile(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), backend="aot_eager"),
            lambda: nn.Sequential(torch.compile(nn.Linear(4, 4), backend="aot_eager"), nn.ReLU()),
        ):
            torch._dynamo.reset()
            with contextlib.redirect_stderr(io.StringIO()) as said, warnings.catch_warnings():
                warnings.simplefilter("error")
                seen = self.check(make, lambda: torch.randn(3, 4))
            self.assertIn("(compiled) is measured as one layer", said.getvalue())
            self.assertTrue(all(calls == (1, 1) for calls in seen.calls().values()))
            compiled = [cost.layer.type_name for cost in seen.costs().values() if cost.layer.is_opaque]
            self.assertEqual(len(compiled), 1)

    def test_named_parts_break_no_graph(self) -> None:
        import traceml
        from traceml_pytorch.runtime import runtime

        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                with traceml.layer("part"):
                    return double(self.fc(x))

        @traceml.layer("double")
        def double(x: torch.Tensor) -> torch.Tensor:
            return x * 2

        for measured in (True, False):
            torch._dynamo.reset()
            counter = torch._dynamo.testing.CompileCounter()
            model = torch.compile(Net(), backend=counter, fullgraph=True)
            with contextlib.redirect_stderr(io.StringIO()), layers(every=3) as seen:
                runtime.layers = seen.profile if measured else None
                self.addCleanup(setattr, runtime, "layers", None)
                with mock.patch.object(runtime.guard, "is_compiling", torch.compiler.is_compiling):
                    train(model, lambda: torch.randn(3, 4), steps=9)
            self.assertEqual(counter.frame_count, 1)

    def test_nothing_is_compiled_again_for_a_measured_step(self) -> None:
        torch._dynamo.reset()
        counter = torch._dynamo.testing.CompileCounter()
        model = torch.compile(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), backend=counter)
        with contextlib.redirect_stderr(io.StringIO()), layers(every=3) as seen:
            train(model, lambda: torch.randn(3, 4), steps=9)
        self.assertEqual(len(seen.measured()), 3)
        self.assertEqual(counter.frame_count, 1)


class Errors(unittest.TestCase):
    def test_errors_of_the_program_pass(self) -> None:
        class Failing(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                raise StopIteration("mine")

        model = nn.Sequential(nn.Linear(4, 4), Failing())
        with layers():
            for _ in range(3):
                with self.assertRaisesRegex(StopIteration, "mine"):
                    train(model, lambda: torch.randn(2, 4))

    def test_tensors_that_refuse_cost_their_layer_only(self) -> None:
        class Odd(torch.Tensor):
            @property
            def grad_fn(self) -> Any:
                raise ValueError("no")

        class Makes(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x.as_subclass(Odd)

        model = nn.Sequential(nn.Linear(4, 4), Makes(), nn.ReLU(), nn.Linear(4, 4))
        plain = _losses(lambda: copy.deepcopy(model), lambda: torch.randn(2, 4))
        with contextlib.redirect_stderr(io.StringIO()) as said, layers() as seen:
            self.assertEqual(_losses(lambda: copy.deepcopy(model), lambda: torch.randn(2, 4))[0], plain[0])
        self.assertIn("only its forward time is measured", said.getvalue())
        self.assertEqual(seen.calls()["1"], (1, 0))
        self.assertEqual(seen.calls()["0"], (1, 1))

    def test_a_program_without_stderr(self) -> None:
        model = nn.Sequential(torch.jit.script(nn.Linear(4, 4)), nn.ReLU())
        closed = io.StringIO()
        closed.close()
        with contextlib.redirect_stderr(closed), layers() as seen:
            train(model, lambda: torch.randn(2, 4))
        self.assertEqual(seen.calls(), {"Sequential": (1, 1), "0": (1, 1), "1": (1, 1)})

    def test_a_release_whose_nodes_tell_nothing(self) -> None:
        model = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        with contextlib.redirect_stderr(io.StringIO()) as said, layers() as seen:
            with mock.patch("traceml_pytorch.layers.profile._FOLLOWED", ("not_there",)):
                train(model, lambda: torch.randn(2, 4))
        self.assertEqual(said.getvalue().count("only the forward pass is measured"), 1)
        self.assertEqual(seen.calls(), {"Sequential": (1, 0), "0": (1, 0), "1": (1, 0)})

    def test_a_mistake_of_the_profile_ends_the_profile_only(self) -> None:
        from traceml_pytorch.layers.profile import LayerProfile

        model = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        with contextlib.redirect_stderr(io.StringIO()) as said, layers() as seen:
            seen.profile.fail = lambda error: LayerProfile.fail(seen.profile, error)  # type: ignore[method-assign]
            with mock.patch.object(seen.profile.models, "find", side_effect=ValueError("ours")):
                train(model, lambda: torch.randn(2, 4), steps=5)
        self.assertEqual(said.getvalue().count("internal error"), 1)
        self.assertEqual(seen.measured(), [])
        self.assertEqual([step.number for step in seen.steps], [1, 2, 3, 4, 5])

    def test_tracing_and_scripting(self) -> None:
        model = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        x = torch.randn(2, 4)
        with layers() as seen:
            train(model, lambda: x, steps=2)
            before = model(x)
            traced = torch.jit.trace(model, x)
            graph = str(traced.graph)
            functional = torch.func.vmap(model)(x)
        self.assertTrue(torch.equal(traced(x), before))
        self.assertTrue(torch.allclose(functional, before))
        self.assertNotIn("numel", graph)
        self.assertNotIn("size", graph)
        # The second step goes on after its update, with calls that could not be measured.
        self.assertEqual([step.number for step in seen.measured()], [1])

    def test_other_threads_are_not_measured(self) -> None:
        model = nn.Sequential(nn.Linear(4, 4), nn.ReLU())

        def hook(module: Any, args: Any, out: Any) -> None:
            thread = threading.Thread(target=lambda: model[1](torch.zeros(1)))
            thread.start()
            thread.join()

        model[0].register_forward_hook(hook)
        with layers() as seen:
            train(model, lambda: torch.randn(2, 4))
        self.assertEqual(seen.calls(), {"Sequential": (1, 1), "0": (1, 1), "1": (1, 1)})

    def test_no_graph_is_kept_alive(self) -> None:
        import gc
        import weakref

        model = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        kept: List[Any] = []
        held: Dict[str, Any] = {}

        class Watch(torch.autograd.Function):
            @staticmethod
            def forward(context: Any, x: torch.Tensor) -> torch.Tensor:
                held["context"] = weakref.ref(context)
                return x.clone()

            @staticmethod
            def backward(context: Any, gradient: torch.Tensor) -> torch.Tensor:
                return gradient

        with layers():
            train(model, lambda: torch.randn(2, 4), steps=2)
            out = model(Watch.apply(torch.randn(2, 4, requires_grad=True)))
            kept.append(held["context"])
            del out
            gc.collect()
            self.assertIsNone(kept[0]())


if __name__ == "__main__":
    unittest.main()

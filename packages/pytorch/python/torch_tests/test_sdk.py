"""What scripts say themselves: the names, and what they measure."""

import importlib
import unittest
from typing import Any
from unittest import mock

import torch
from torch_tests.support import Training, make_loader
from traceml_pytorch import runtime as module
from traceml_pytorch import sdk
from traceml_pytorch.runtime import Runtime
from traceml_pytorch.sdk import initial
from traceml_pytorch.sdk.config import parse_config
from traceml_pytorch.sdk.projection import to_scalars
from traceml_pytorch.settings import resolve_settings
from traceml_pytorch.step import Step

NAMES = [
    "final_summary", "init", "layer", "start", "summary", "trace_model_instance", "trace_step",
    "wrap_backward", "wrap_dataloader_fetch", "wrap_forward", "wrap_h2d", "wrap_optimizer",
]  # fmt: skip


class Names(unittest.TestCase):
    def test_both_packages_have_them(self) -> None:
        for package in ("traceml", "traceml_ai"):
            names = importlib.import_module(package)
            self.assertEqual(sorted(set(dir(names)) - {"__version__"}), NAMES)
            for name in NAMES:
                self.assertIs(getattr(names, name), getattr(sdk, name))


class Configurations(unittest.TestCase):
    def test_modes(self) -> None:
        nothing = (None,) * 4
        self.assertEqual(
            parse_config(" AUTO ", *nothing).kinds,
            ("dataloader", "forward", "backward", "h2d", "optimizer"),
        )
        self.assertEqual(parse_config("manual", *nothing).kinds, ())
        chosen = parse_config("custom", None, True, None, False)
        self.assertEqual((chosen.mode, chosen.kinds), ("selective", ("forward", "optimizer")))

    def test_choices_that_say_nothing(self) -> None:
        for mode, patches in (
            ("auto", (True, None, None, None)),
            ("manual", (False, None, None, None)),
            ("selective", (None,) * 4),
            ("selective", (False,) * 4),
            ("often", (None,) * 4),
        ):
            with self.assertRaises(ValueError):
                parse_config(mode, *patches)


class Measured(unittest.TestCase):
    """With a runtime whose steps stay here."""

    def setUp(self) -> None:
        self.runtime = Runtime()
        self.runtime.start = lambda: True  # type: ignore[method-assign]
        env = {"TRACEML_AGGREGATOR_PORT": "1", "TRACEML_SESSION_ID": "s"}
        self.steps: list = []
        modules = (module, initial, sdk.steps, sdk.wrappers)
        patches = [mock.patch.object(owner, "runtime", self.runtime) for owner in modules]
        patches += [mock.patch.dict("os.environ", env), mock.patch.object(initial, "_config", None)]
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)
        self.addCleanup(self.runtime.unhook)
        self.env = env

    def init(self, **options: Any) -> Any:
        config = sdk.init(**options)
        self.runtime.tracker._emit = self.steps.append
        return config

    def calls(self) -> list:
        return [
            (step.input_calls, step.forward_calls, step.backward_calls, step.optimizer_calls)
            for step in self.steps
        ]

    def test_steps_that_are_marked(self) -> None:
        self.init()
        training = Training()
        for _ in range(2):
            for x, y in make_loader(2):
                with sdk.trace_step(training.model):
                    training.step(x, y)
                    with sdk.trace_step(training.model):
                        training.step(x, y)
            with torch.no_grad():
                for x, _ in make_loader(3):
                    training.model(x)
        self.assertEqual(self.calls(), [(1, 2, 2, 2)] * 4)
        self.assertEqual(sdk.TraceState().step, 4)

    def test_a_step_that_raises_is_none(self) -> None:
        self.init()
        with self.assertRaisesRegex(ValueError, "mine"), sdk.trace_step(None):
            raise ValueError("mine")
        with sdk.trace_step(None):
            pass
        self.assertEqual([step.number for step in self.steps], [1])

    def test_manual_mode_measures_what_is_wrapped(self) -> None:
        self.init(mode="manual")
        training = Training()
        model = sdk.wrap_forward(training.model)
        self.assertIs(sdk.wrap_forward(model), training.model)
        optimizer = sdk.wrap_optimizer(training.optimizer)
        self.assertIs(optimizer, training.optimizer)
        for x, y in sdk.wrap_dataloader_fetch(make_loader(3)):
            with sdk.trace_step(model):
                optimizer.zero_grad()
                sdk.wrap_backward(training.loss(model(x), y)).backward()
                optimizer.step()
        self.assertEqual(self.calls(), [(1, 1, 1, 1)] * 3)

    def test_wrapped_and_hooked_is_measured_once(self) -> None:
        self.init()
        training = Training()
        model, optimizer = sdk.wrap_forward(training.model), sdk.wrap_optimizer(training.optimizer)
        for x, y in sdk.wrap_dataloader_fetch(make_loader(3)):
            optimizer.zero_grad()
            sdk.wrap_backward(training.loss(model(x), y)).backward()
            optimizer.step()
        self.runtime.tracker.end_training()
        self.assertEqual(self.calls(), [(1, 1, 1, 1)] * 3)

    def test_a_generator_of_batches(self) -> None:
        self.init()
        training = Training()

        def batches() -> Any:
            for _ in range(3):
                yield torch.randn(4, 8), torch.randint(0, 4, (4,))

        for x, y in sdk.wrap_dataloader_fetch(batches()):
            training.step(x, y)
        self.runtime.tracker.end_training()
        self.assertEqual(self.calls(), [(1, 1, 1, 1)] * 3)

    def test_stand_ins_are_what_they_stand_for(self) -> None:
        self.init()
        batch = sdk.wrap_h2d(torch.ones(2))
        self.assertEqual((len(batch), batch[0].item(), list(batch)), (2, 1.0, [1.0, 1.0]))
        self.assertEqual(batch.to("cpu").tolist(), [1.0, 1.0])
        loader = make_loader(3)
        self.assertEqual(len(sdk.wrap_dataloader_fetch(loader)), 3)
        self.assertIs(sdk.wrap_dataloader_fetch(loader).dataset, loader.dataset)

    def test_objects_that_cannot_be_wrapped_are_named(self) -> None:
        for wrap in (
            sdk.wrap_forward, sdk.wrap_backward, sdk.wrap_optimizer, sdk.wrap_h2d,
            sdk.wrap_dataloader_fetch,
        ):  # fmt: skip
            with self.assertRaisesRegex(TypeError, "not int"):
                wrap(5)

    def test_init_twice(self) -> None:
        config = self.init(mode="manual")
        self.assertEqual(sdk.init(mode="manual"), config)
        self.assertEqual(sdk.get_init_config(), config)
        with self.assertRaisesRegex(RuntimeError, "before"):
            sdk.init()

    def test_nobody_answers(self) -> None:
        with mock.patch.dict("os.environ", {"TRACEML_SESSION_ID": ""}):
            options = {"aggregator_port": 1, "connect_timeout_sec": 0}
            with self.assertRaisesRegex(RuntimeError, "traceml serve"):
                sdk.init(on_missing_aggregator="raise", **options)
            with mock.patch("sys.stderr") as stderr:
                self.assertTrue(sdk.init(**options).disabled)
            self.assertEqual(stderr.write.call_count, 1)
            with sdk.trace_step(None):
                pass
            self.assertIsNone(sdk.summary())

    def test_the_kill_switch(self) -> None:
        self.assertTrue(sdk.init(disabled=True, mode="whatever").disabled)
        self.assertFalse(self.runtime.is_prepared)

    def test_strategies(self) -> None:
        class DistributedDataParallel:
            __module__ = "torch.nn.parallel.distributed"

        self.assertEqual(module.strategy_of(DistributedDataParallel), "ddp")
        self.assertIsNone(module.strategy_of(torch.nn.Linear))


class Projection(unittest.TestCase):
    def test_the_worked_example(self) -> None:
        payload = {
            "schema_version": "1",
            "duration_s": 3.0,
            "primary_diagnosis": {
                "kind": "BALANCED", "status": "OK", "severity": "info", "section": "step_time",
            },
            "system": {
                "diagnosis": {"status": "NORMAL", "severity": "ok"},
                "global": {"average": {"cpu_percent": 22.0, "gpu_temp_c": None, "other": 1}},
            },
        }  # fmt: skip
        self.assertEqual(
            to_scalars(payload),
            {
                "traceml/schema_version": "1",
                "traceml/duration_s": 3.0,
                "traceml/primary/kind": "BALANCED",
                "traceml/primary/status": "OK",
                "traceml/primary/severity": "info",
                "traceml/primary/section": "step_time",
                "traceml/system/status": "NORMAL",
                "traceml/system/severity": "ok",
                "traceml/system/cpu_percent": 22.0,
            },
        )


class Values(unittest.TestCase):
    def test_what_cannot_be_used_is_named(self) -> None:
        for env in (
            {"TRACEML_AGGREGATOR_PORT": "x"},
            {"TRACEML_AGGREGATOR_PORT": "70000"},
            {"TRACEML_INTERVAL": "0"},
            {"TRACEML_TRACE_MAX_STEPS": "-1"},
        ):
            (name,) = env
            with self.assertRaisesRegex(ValueError, name):
                resolve_settings(env)

    def test_a_step_is_light(self) -> None:
        self.assertEqual(list(vars(Step(1.0))), ["start"])


if __name__ == "__main__":
    unittest.main()

"""Which layers are seen, how often, and what they pass on."""

import dataclasses
import unittest
from typing import Any, Dict

import torch
from torch import nn

from torch_tests.layer_support import Burn, Clock, layers, train
from torch_tests.support import make_loader

FLOAT = 4


def _data(*shape: int) -> Any:
    return lambda: torch.randn(*shape)


class Names(unittest.TestCase):
    def test_layers_that_are_used_twice_frozen_or_without_parameters(self) -> None:
        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.fc1, self.act = nn.Linear(8, 16), nn.ReLU()
                self.drop, self.fc2 = nn.Dropout(0.1), nn.Linear(16, 4)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.fc2(self.drop(self.act(self.fc1(self.act(x)))))

        with layers() as seen:
            train(Net(), _data(5, 8))
        # The first call of `act` gets what needs no gradient.
        self.assertEqual(
            seen.calls(),
            {"Net": (1, 1), "act": (2, 1), "fc1": (1, 1), "drop": (1, 1), "fc2": (1, 1)},
        )
        self.assertEqual(
            seen.sizes(),
            {
                "Net": (0, 0),
                "act": (320, 320),
                "fc1": (320, 320),
                "drop": (320, 320),
                "fc2": (80, 80),
            },
        )

    def test_operations_in_place_and_residuals(self) -> None:
        class Block(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv, self.norm, self.act = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(inplace=True)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                y = self.norm(self.conv(x))
                y += x
                return self.act(y)

        model = nn.Sequential(
            Block(), nn.Conv2d(3, 3, 1), nn.Dropout(0.1, inplace=True), Block(), nn.Flatten(), nn.Linear(3 * 16, 2)
        )
        with layers() as seen:
            train(model, _data(2, 3, 4, 4))
        calls = seen.calls()
        for name in ("0.conv", "0.norm", "0.act", "0", "1", "2", "3.conv", "3.act", "3", "4", "5"):
            self.assertEqual(calls[name], (1, 1), name)

    def test_recursion_counts_each_call(self) -> None:
        class Deep(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x: torch.Tensor, depth: int = 3) -> torch.Tensor:
                x = self.fc(x)
                return self(x, depth - 1) if depth else x

        with layers() as seen:
            train(Deep(), _data(2, 4))
        self.assertEqual(seen.calls(), {"Deep": (4, 4), "fc": (4, 4)})

    def test_outputs_in_containers(self) -> None:
        @dataclasses.dataclass
        class Out:
            hidden: torch.Tensor
            rest: Any

        class Split(nn.Module):
            def forward(self, x: torch.Tensor) -> Out:
                return Out(x * 2, {"all": [x + 1, (x - 1,)], "none": None})

        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.fc, self.split, self.rnn = nn.Linear(4, 4), Split(), nn.LSTM(4, 3)

            def forward(self, x: torch.Tensor) -> Dict[str, torch.Tensor]:
                out = self.split(self.fc(x))
                y, _ = self.rnn(out.hidden)
                return {"y": y, "side": out.rest["all"][0]}

        with layers() as seen:
            train(Net(), _data(5, 4), loss_of=lambda out: out["y"].sum() + out["side"].sum())
        sizes = seen.sizes()
        self.assertEqual(sizes["split"], (3 * 20 * FLOAT, 2 * 20 * FLOAT))
        # Output, hidden state and cell.
        self.assertEqual(sizes["rnn"][0], (15 + 3 + 3) * FLOAT)
        self.assertEqual(seen.calls()["rnn"], (1, 1))
        self.assertEqual(seen.calls()["Net"], (1, 1))

    def test_an_output_counts_for_the_layer_that_made_it(self) -> None:
        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.frozen = nn.Sequential(nn.Linear(4, 4), nn.Identity()).requires_grad_(False)
                self.trained = nn.Sequential(nn.Sequential(nn.Linear(4, 4)), nn.Identity())

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.trained(self.frozen(x)) + 1

        with layers() as seen:
            train(Net(), _data(2, 4))
        self.assertEqual(
            seen.sizes(),
            {
                "Net": (32, 32),
                "frozen": (0, None),
                "frozen.0": (32, None),
                "frozen.1": (0, None),
                "trained": (0, 0),
                "trained.0": (0, 0),
                "trained.0.0": (32, 32),
                "trained.1": (0, 0),
            },
        )

    def test_transformer(self) -> None:
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        with layers() as seen:
            train(model, _data(2, 3, 8))
        calls = seen.calls()
        for part in ("self_attn", "linear1", "linear2", "norm1", "norm2", "dropout"):
            for block in (0, 1):
                self.assertEqual(calls["layers.%d.%s" % (block, part)], (1, 1))

    def test_frozen_layers_have_no_backward_pass(self) -> None:
        model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.Linear(4, 2))
        model[0].requires_grad_(False)
        model[3].requires_grad_(False)
        with layers() as seen:
            train(model, _data(2, 4))
        self.assertEqual(
            seen.calls(),
            {"Sequential": (1, 1), "0": (1, 0), "1": (1, 0), "2": (1, 1), "3": (1, 1)},
        )

    def test_what_a_compiler_or_a_script_hides_is_one_layer(self) -> None:
        model = nn.Sequential(nn.Linear(4, 4), torch.jit.script(nn.Sequential(nn.Linear(4, 4), nn.ReLU())))
        with layers() as seen:
            train(model, _data(2, 4))
        costs = seen.costs()
        self.assertEqual(list(costs), ["Sequential", "0", "1"])
        self.assertEqual(costs["1"].layer.type_name, "Sequential (TorchScript)")
        self.assertEqual(seen.calls()["1"], (1, 1))

    def test_a_method_of_the_model_that_calls_its_parts(self) -> None:
        class Module(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.encoder, self.decoder = nn.Linear(4, 2), nn.Linear(2, 4)

            def training_step(self, x: torch.Tensor) -> torch.Tensor:
                return self.decoder(self.encoder(x)).pow(2).mean()

        module = Module()
        optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
        with layers() as seen:
            for _ in range(2):
                optimizer.zero_grad()
                module.training_step(torch.randn(3, 4)).backward()
                optimizer.step()
        self.assertEqual(seen.calls(), {"encoder": (1, 1), "decoder": (1, 1)})
        self.assertEqual(seen.measured()[-1].layers.costs[0].layer.model.type_name, "Module")


class Models(unittest.TestCase):
    def test_two_models_that_are_trained_in_turn(self) -> None:
        maker, judge = nn.Sequential(nn.Linear(4, 4)), nn.Sequential(nn.Linear(4, 1))
        one, other = torch.optim.SGD(judge.parameters(), lr=0.1), torch.optim.SGD(maker.parameters(), lr=0.1)
        with layers(every=2) as seen:
            for x, _ in make_loader(6):
                x = x[:, :4]
                one.zero_grad()
                judge(maker(x).detach()).mean().backward()
                one.step()
                other.zero_grad()
                judge(maker(x)).mean().backward()
                other.step()
        # The first one comes before it is known that both updates are one step.
        self.assertEqual([step.number for step in seen.measured()], [2, 4, 6])
        self.assertEqual(seen.calls(model=0), {"Sequential": (2, 1), "0": (2, 1)})
        self.assertEqual(seen.calls(model=1), {"Sequential": (2, 2), "0": (2, 2)})

    def test_a_model_that_is_part_of_another_is_no_model_any_more(self) -> None:
        inner = nn.Linear(4, 4)
        outer = nn.Sequential(inner, nn.ReLU())
        with layers() as seen:
            train(inner, _data(2, 4), steps=2)
            train(outer, _data(2, 4), steps=2)
        self.assertEqual([list(seen.costs(0)), list(seen.costs(-1, model=1))], [["Linear"], ["Sequential", "0", "1"]])

    def test_modules_that_are_added_later(self) -> None:
        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.parts = nn.ModuleList([nn.Linear(4, 4)])

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                for part in self.parts:
                    x = part(x)
                return x

        model = Net()
        with layers() as seen:
            train(model, _data(2, 4), steps=2)
            model.parts.append(nn.Linear(4, 4))
            train(model, _data(2, 4), steps=4)
        self.assertEqual(list(seen.costs(0)), ["Net", "parts.0"])
        self.assertEqual(list(seen.costs(-1)), ["Net", "parts.0", "parts.1"])

    def test_a_loss_without_parameters_is_no_layer(self) -> None:
        model, loss = nn.Linear(4, 4), nn.MSELoss()
        with layers() as seen:
            train(model, _data(2, 4), loss_of=lambda out: loss(out, torch.zeros(2, 4)))
        self.assertEqual(seen.calls(), {"Linear": (1, 1)})


class Steps(unittest.TestCase):
    def test_micro_batches_are_one_step(self) -> None:
        model = nn.Linear(8, 4)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with layers(every=2) as seen:
            for index, (x, _) in enumerate(make_loader(12)):
                model(x).mean().backward()
                if index % 3 == 2:
                    optimizer.step()
                    optimizer.zero_grad()
        self.assertEqual([step.number for step in seen.measured()], [2, 4])
        self.assertEqual(seen.calls(), {"Linear": (3, 3)})

    def test_evaluation_leaks_into_no_step(self) -> None:
        model = nn.Sequential(nn.Linear(8, 4), nn.ReLU())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        loader, validation = make_loader(3), make_loader(5)
        with layers() as seen:
            for _ in range(3):
                model.train()
                for x, _ in loader:
                    optimizer.zero_grad()
                    model(x).mean().backward()
                    optimizer.step()
                    model.eval()
                    with torch.no_grad():
                        model(x)
                    model.train()
                model.eval()
                with torch.no_grad():
                    for x, _ in validation:
                        model(x)
        calls = [seen.calls(step) for step in range(len(seen.measured()))]
        self.assertEqual(calls, [{"Sequential": (1, 1), "0": (1, 1), "1": (1, 1)}] * 9)

    def test_evaluation_in_training_mode(self) -> None:
        model = nn.Linear(8, 4)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with layers() as seen:
            for _ in range(2):
                for x, _ in make_loader(2):
                    optimizer.zero_grad()
                    model(x).mean().backward()
                    optimizer.step()
                with torch.no_grad():
                    for x, _ in make_loader(5):
                        model(x)
        self.assertEqual([seen.calls(step) for step in range(4)], [{"Linear": (1, 1)}] * 4)

    def test_a_step_that_raises_leaves_nothing(self) -> None:
        class Failing(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.fc, self.fails = nn.Linear(8, 4), False

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                x = self.fc(x)
                if self.fails:
                    raise KeyError("mine")
                return x

        model = Failing()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with layers() as seen:
            for index, (x, _) in enumerate(make_loader(4)):
                model.fails = index == 1
                try:
                    optimizer.zero_grad()
                    model(x).mean().backward()
                    optimizer.step()
                except KeyError as error:
                    self.assertEqual(error.args, ("mine",))
        self.assertEqual([seen.calls(step) for step in range(3)], [{"Failing": (1, 1), "fc": (1, 1)}] * 3)

    def test_other_steps_are_not_looked_into(self) -> None:
        with layers(every=4) as seen:
            train(nn.Linear(8, 4), _data(2, 8), steps=9)
        self.assertEqual([step.number for step in seen.measured()], [4, 8])


class Times(unittest.TestCase):
    def test_forward_and_backward_of_each_layer(self) -> None:
        clock = Clock()

        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.first, self.quick = Burn(30, 10, clock.burn), nn.Linear(4, 4)
                self.inner = nn.Sequential(Burn(5, 60, clock.burn), nn.ReLU(inplace=True))

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                x = self.quick(x)
                clock.burn(7)
                return self.inner(self.first(x)) + x

        def loss_of(out: torch.Tensor) -> torch.Tensor:
            clock.burn(100)
            return Burn(0, 20, clock.burn)(out).mean()

        with layers(clock=clock) as seen:
            train(Net(), _data(2, 4), loss_of=loss_of)
        times = {
            name: (round(cost.forward * 1e3, 6), round(cost.backward * 1e3, 6))
            for name, cost in seen.costs().items()
        }
        self.assertEqual(
            times,
            {
                "Net": (7, 0),
                "quick": (0, 0),
                "first": (30, 10),
                "inner": (0, 0),
                "inner.0": (5, 60),
                "inner.1": (0, 0),
            },
        )
        step = seen.measured()[-1].layers
        # The loss is in no layer, and what came between the phases in none of them.
        self.assertAlmostEqual(step.forward_ms, 42)
        self.assertAlmostEqual(step.backward_ms, 90)

    def test_recursion_and_shared_layers_do_not_count_twice(self) -> None:
        clock = Clock()
        shared = Burn(4, 6, clock.burn)

        class Deep(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.fc, self.shared = nn.Linear(4, 4), shared

            def forward(self, x: torch.Tensor, depth: int = 2) -> torch.Tensor:
                clock.burn(1)
                x = self.shared(self.fc(x))
                return self(x, depth - 1) if depth else x

        with layers(clock=clock) as seen:
            train(Deep(), _data(2, 4))
        costs = seen.costs()
        self.assertAlmostEqual(costs["Deep"].forward * 1e3, 3)
        self.assertAlmostEqual(costs["shared"].forward * 1e3, 12)
        self.assertAlmostEqual(costs["shared"].backward * 1e3, 18)

    def test_the_parts_add_up(self) -> None:
        model = nn.Sequential(*[Burn(2, 2) for _ in range(5)], nn.Linear(4, 4))
        model[-1], model[0] = model[0], model[-1]
        with layers() as seen:
            train(model, _data(2, 4), steps=3)
        for step in seen.measured():
            found = step.layers
            forward = sum(cost.forward for cost in found.costs) * 1e3
            backward = sum(cost.backward for cost in found.costs) * 1e3
            self.assertGreaterEqual(forward, 10)
            self.assertLessEqual(forward, found.forward_ms)
            self.assertGreaterEqual(backward, 10)
            self.assertLessEqual(backward, found.backward_ms)
            self.assertGreater(found.cost_ms, 0)
            self.assertLess(found.cost_ms, found.step_ms)


if __name__ == "__main__":
    unittest.main()

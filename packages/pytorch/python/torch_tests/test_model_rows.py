"""The row of a model: names, classes, parameters, and when it is told again."""

import gc
import unittest
import unittest.mock
from typing import Any, Optional

import torch
from torch import nn
from traceml_pytorch.layers import model_rows
from traceml_pytorch.layers.model_map import Model, ModelMap, Selection
from traceml_pytorch.layers.model_rows import ModelRows, measure


class Rows(unittest.TestCase):
    def setUp(self) -> None:
        self.map, self.rows = ModelMap(), ModelRows()
        looks = unittest.mock.patch.object(model_rows, "_LOOK_SECONDS", 0.0)
        looks.start()
        self.addCleanup(looks.stop)

    def row(self, model: Model, called: Optional[str] = None) -> Any:
        layers = [layer for layer in model.layers if called is None or layer.name in called.split()]
        self.map.number(model)
        return self.rows.row(model, layers, 7)

    def test_a_model_of_the_specification(self) -> None:
        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.fc1, self.act = nn.Linear(8, 16), nn.ReLU()
                self.drop, self.fc2 = nn.Dropout(), nn.Linear(16, 4)

        net = Net()
        net.fc2.requires_grad_(False)
        row = self.row(self.map.add(net))
        self.assertEqual(row["layers"], ["Net", "fc1", "act", "drop", "fc2"])
        self.assertEqual(row["layer_types"], ["Net", "Linear", "ReLU", "Dropout", "Linear"])
        self.assertEqual(row["layer_bytes"], [0, 576, 0, 0, 272])
        self.assertEqual(row["layer_trainable_bytes"], [0, 576, 0, 0, 0])
        self.assertEqual((row["total_param_bytes"], row["layer_count"], row["seq"]), (848.0, 5, 7))
        self.assertEqual(row["model_signature"], "6929ac1edf296161eb81e500a2ce629b")

    def test_shared_parameters_and_those_of_containers(self) -> None:
        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.embed, self.out = nn.Embedding(5, 3), nn.Linear(3, 5, bias=False)
                self.out.weight = self.embed.weight
                self.scale = nn.Parameter(torch.ones(2))
                self.same = self.embed

        net = Net()
        model = self.map.add(net)
        row = self.row(model)
        self.assertEqual(row["layers"], ["Net", "embed", "out"])
        self.assertEqual(row["layer_bytes"], [8, 60, 0])
        model.parameters = measure(model, model.layers)
        del net
        gc.collect()
        self.assertIsNone(self.row(model))
        # One that nobody has been told of is told as it was.
        late = ModelRows().row(model, model.layers, 7)
        self.assertEqual((late or {})["layer_bytes"], [8, 60, 0])

    def test_it_is_told_again_when_something_changed(self) -> None:
        net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
        model = self.map.add(net)
        self.assertIsNotNone(self.row(model))
        self.assertIsNone(self.row(model))
        net[0].requires_grad_(False)
        self.assertEqual(self.row(model)["layer_trainable_bytes"], [0, 0, 0])
        net.append(nn.Linear(2, 1))
        self.map.refresh()
        self.assertEqual(self.row(model)["layers"], ["Sequential", "0", "1", "2"])
        self.assertIsNone(self.row(model))

    def test_modules_that_never_run_and_own_nothing_are_not_listed(self) -> None:
        net = nn.ModuleDict({"a": nn.ModuleList([nn.Linear(2, 2)]), "b": nn.ReLU()})
        model = self.map.add(net)
        self.assertEqual(self.row(model, "a.0")["layers"], ["a.0"])
        self.assertEqual(self.row(model, "b")["layers"], ["a.0", "b"])

    def test_models_of_one_class_are_told_apart(self) -> None:
        kept = [nn.Linear(2, 2), nn.Linear(2, 2)]
        names = [self.row(self.map.add(module))["model_name"] for module in kept]
        self.assertEqual(names, ["Linear", "Linear 2"])

    def test_wrappers_have_no_name(self) -> None:
        compiled = torch.compile(nn.Sequential(nn.Linear(2, 2), nn.ReLU()))
        net = nn.Sequential(torch.optim.swa_utils.AveragedModel(nn.Sequential(nn.Linear(2, 2))), compiled)
        row = self.row(self.map.add(net))
        self.assertEqual(row["layers"], ["Sequential", "0", "0.0", "1"])
        self.assertEqual(row["layer_types"], ["Sequential", "Sequential", "Linear", "Sequential (compiled)"])
        self.assertEqual(row["layer_bytes"], [0, 0, 24, 24])

    def test_layers_that_the_script_chose(self) -> None:
        net = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 2), nn.ReLU()))
        leaves = self.map.add(net, Selection((), (), True))
        self.assertEqual([layer.name for layer in leaves.layers], ["0", "1.0", "1.1"])
        chosen = ModelMap().add(net, Selection(("1.",), ("1.1",), False))
        self.assertEqual([layer.name for layer in chosen.layers], ["1.0"])


if __name__ == "__main__":
    unittest.main()

"""Whole programs under the deep profile: the rows that arrive, and programs that name their layers."""

import os
import unittest
from typing import Any, Dict, List

from process_tests.test_processes import _HERE, _SITE, Program

DEEP = {"TRACEML_PROFILE": "deep"}
# Our names in front of those of a released client that may be installed.
OUR_NAMES = {"PYTHONPATH": _SITE + os.pathsep + os.path.join(_HERE, "lib")}
TABLES = (
    "LayerMemoryTable",
    "LayerForwardMemoryTable",
    "LayerBackwardMemoryTable",
    "LayerForwardTimeTable",
    "LayerBackwardTimeTable",
)


class Deep(Program):
    def table(self, name: str, rank: int = 0) -> List[Dict[str, Any]]:
        return [
            row
            for item in self.server.messages
            if "body" in item and item["meta"]["global_rank"] == rank
            for row in item["body"]["tables"].get(name, [])
        ]

    def check_run(self, script: str, env: Any = None) -> str:
        code, out, err = self.run_script(script, {**DEEP, **(env or {})})
        self.assertEqual(code, 0, err)
        return out + err

    def test_the_rows_of_a_training(self) -> None:
        self.check_run("train(40)")
        (model,) = self.table("LayerMemoryTable")
        self.assertEqual(
            {key: model[key] for key in model if key not in ("seq", "ts")},
            {
                "model_index": 0,
                "model_signature": "c7fc5a77932b0ce789790f19db424aad",
                "total_param_bytes": 144.0,
                "layer_count": 1,
                "layers": ["Linear"],
                "layer_bytes": [144],
                "model_name": "Linear",
                "layer_types": ["Linear"],
                "layer_trainable_bytes": [144],
            },
        )
        forward, backward = self.table("LayerForwardTimeTable"), self.table("LayerBackwardTimeTable")
        self.assertEqual(forward[0]["step"], 4)
        self.assertGreaterEqual(len(forward), 3)
        self.assertEqual([row["seq"] for row in forward], list(range(1, len(forward) + 1)))
        self.assertEqual([row["step"] for row in forward], [row["step"] for row in backward])
        steps = {row["step"]: row for row in self.table("StepTimeTable")}
        for row, back in zip(forward, backward):
            self.assertEqual(row["step"] % row["every"], 0)
            self.assertEqual((row["model_id"], row["device"], row["n_calls"]), (0, "cpu", [1]))
            self.assertEqual((row["gpu_ms"], row["phase_gpu_ms"], back["gpu_ms"]), ([None], None, [None]))
            self.assertLessEqual(row["cpu_ms"][0], row["phase_cpu_ms"])
            self.assertLessEqual(back["cpu_ms"][0], back["phase_cpu_ms"])
            step = steps[row["step"]]
            self.assertAlmostEqual(
                step["events"]["_traceml_internal:step_time"]["cpu"]["cpu_ms"], row["step_ms"]
            )
            self.assertAlmostEqual(step["timestamp"], row["ts"])
        for table, size in (("LayerForwardMemoryTable", 64), ("LayerBackwardMemoryTable", 64)):
            self.assertEqual([row["layer_bytes"] for row in self.table(table)], [[size]] * len(forward))

    def test_no_other_profile_measures_layers_or_loads_what_does(self) -> None:
        for profile in ("run", "watch"):
            script = "train(20)\nprint([name for name in sys.modules if 'traceml_pytorch.layers' in name])"
            code, out, err = self.run_script(script, {"TRACEML_PROFILE": profile})
            self.assertEqual((code, out.strip(), err), (0, "[]", ""))
        for table in TABLES:
            self.assertEqual(self.table(table), [])

    def test_ranks_with_ddp(self) -> None:
        said = self.check_run(
            """
            import torch.multiprocessing as mp
            class Net(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc, self.act = torch.nn.Linear(8, 4), torch.nn.ReLU(inplace=True)
                def forward(self, x):
                    return self.act(self.fc(x))
            def rank(index):
                os.environ.update(RANK=str(index), LOCAL_RANK=str(index), WORLD_SIZE="2",
                                  LOCAL_WORLD_SIZE="2")
                store = "file://" + os.environ["STORE"]
                torch.distributed.init_process_group("gloo", init_method=store, rank=index, world_size=2)
                model = torch.nn.parallel.DistributedDataParallel(Net())
                optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
                data = TensorDataset(torch.randn(160, 8))
                for (x,) in DataLoader(data, batch_size=4):
                    optimizer.zero_grad()
                    model(x).mean().backward()
                    optimizer.step()
                torch.distributed.destroy_process_group()
            if __name__ == "__main__":
                mp.spawn(rank, nprocs=2)
            """,
            {"STORE": self.folder + "/store"},
        )
        signatures, shared = [], []
        for rank in (0, 1):
            rows = self.table("LayerForwardTimeTable", rank)
            self.assertTrue(rows, said)
            self.assertEqual({tuple(row["layers"]) for row in rows}, {("Net", "act", "fc")})
            backward = self.table("LayerBackwardTimeTable", rank)
            self.assertEqual({tuple(row["n_calls"]) for row in backward}, {(1, 1, 1)})
            signatures.append(self.table("LayerMemoryTable", rank)[0]["model_signature"])
            shared.append({row["step"] for row in rows})
        self.assertEqual(signatures[0], signatures[1])
        self.assertIn(4, shared[0] & shared[1])

    def test_parts_that_the_script_names(self) -> None:
        self.check_run(
            """
            import traceml
            @traceml.layer("scale")
            def scale(x):
                return x * 2
            class Net(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = torch.nn.Linear(8, 4)
                def forward(self, x):
                    with traceml.layer("attention"):
                        x = scale(x)
                    return scale(self.fc(x))
            model = Net()
            traceml.trace_model_instance(model, trace_layer_forward_time=True, exclude_names=["nothing"])
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            weight = torch.ones(4, requires_grad=True)
            for (x,) in DataLoader(TensorDataset(torch.randn(160, 8)), batch_size=4):
                optimizer.zero_grad()
                y = model(x)
                with traceml.layer("head"):
                    y = y * weight
                y.mean().backward()
                optimizer.step()
            """,
            OUR_NAMES,
        )
        rows = self.table("LayerForwardTimeTable")
        named = {row["model_id"]: dict(zip(row["layers"], row["n_calls"])) for row in rows}
        self.assertEqual(named, {0: {"Net": 1, "attention": 1, "attention.scale": 1, "fc": 1, "scale": 1}, 1: {"head": 1}})
        backward = self.table("LayerBackwardTimeTable")
        self.assertEqual(backward[-1]["layers"], ["Net", "fc", "scale"])
        by_hand = [row for row in self.table("LayerMemoryTable") if row["model_index"] == 1]
        self.assertEqual((by_hand[0]["model_name"], by_hand[0]["layer_types"]), (None, [None]))

    def test_the_same_script_without_the_profile(self) -> None:
        code, _, err = self.run_script(
            """
            import traceml, traceml_ai
            model = torch.nn.Linear(8, 4)
            traceml.trace_model_instance(model, True, leaf_only=True)
            with traceml_ai.layer("nothing"):
                train(5)
            assert traceml.layer("x")(lambda value: value + 1)(1) == 2
            """,
            {"TRACEML_PROFILE": "run", **OUR_NAMES},
        )
        self.assertEqual((code, err), (0, ""))


if __name__ == "__main__":
    unittest.main()

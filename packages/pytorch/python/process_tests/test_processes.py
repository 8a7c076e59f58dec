"""Whole programs that know nothing of the client: what arrives, and that they end as they would."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from typing import Any, Dict, List, Optional

from tests.server import Server, wait_for

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_SITE = os.path.join(_HERE, "site")

TRAIN = """
    import os, sys, time, torch
    from torch.utils.data import DataLoader, TensorDataset
    torch.set_num_threads(1)
    def train(steps=20, on_step=lambda step: None, **options):
        data = TensorDataset(torch.randn(steps * 4, 8), torch.randint(0, 4, (steps * 4,)))
        model = torch.nn.Linear(8, 4)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for step, (x, y) in enumerate(DataLoader(data, batch_size=4, **options)):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
            on_step(step)
"""


class Program(unittest.TestCase):
    """Runs scripts with the client on their path and a server that takes what they send."""

    def setUp(self) -> None:
        self.server = Server()
        self.addCleanup(self.server.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, script: str, env: Optional[Dict[str, str]] = None, port: int = 0) -> Any:
        path = os.path.join(self.folder, "script.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(TRAIN) + textwrap.dedent(script))
        logs = os.path.join(self.folder, "logs")
        os.makedirs(os.path.join(logs, "s"), exist_ok=True)
        process = subprocess.Popen(
            [sys.executable, path],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
                "PYTHONPATH": _SITE,
                "TRACEML_AGGREGATOR_PORT": str(port or self.server.port),
                "TRACEML_SESSION_ID": "s",
                "TRACEML_LOGS_DIR": logs,
                **(env or {}),
            },
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def run_script(self, script: str, env: Optional[Dict[str, str]] = None, port: int = 0) -> Any:
        process = self.start(script, env, port)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    def steps(self, rank: int = 0) -> List[int]:
        return [
            row["step"]
            for item in self.server.messages
            if "body" in item and item["meta"]["global_rank"] == rank
            for row in item["body"]["tables"].get("StepTimeTable", [])
        ]

    def finished(self) -> List[int]:
        return sorted(
            item["global_rank"]
            for item in self.server.messages
            if item.get("_traceml_control") == "rank_finished"
        )


class Ends(Program):
    def test_a_whole_training(self) -> None:
        self.assertEqual(self.run_script("train(50); print('done')"), (0, "done\n", ""))
        self.assertEqual(self.steps(), list(range(1, 51)))
        self.assertEqual(self.finished(), [0])
        self.assertEqual(
            self.server.rows("agent_stats")[-1]["steps_completed"], 50
        )
        self.assertGreaterEqual(len(self.server.rows("SystemTable")), 1)
        self.assertGreaterEqual(len(self.server.rows("ProcessTable")), 1)
        (environment,) = self.server.rows("RuntimeEnvironmentTable")
        self.assertEqual(environment["training_strategy"], "single_process")

    def test_an_exception(self) -> None:
        script = """
            def fail(step):
                if step == 9: raise ValueError("mine")
            train(20, fail)
        """
        code, _, err = self.run_script(script)
        self.assertEqual(code, 1)
        self.assertTrue(err.startswith("Traceback"))
        self.assertTrue(err.endswith("ValueError: mine\n"))
        self.assertNotIn("traceml", err)
        self.assertEqual(self.steps(), list(range(1, 11)))
        self.assertEqual(self.finished(), [0])

    def test_the_exit_code_is_the_programs(self) -> None:
        self.assertEqual(self.run_script("train(5); sys.exit(7)"), (7, "", ""))
        self.assertEqual(self.finished(), [0])

    def test_an_end_without_goodbye(self) -> None:
        code, _, err = self.run_script("train(5); time.sleep(1); os._exit(4)")
        self.assertEqual((code, err), (4, ""))
        self.assertEqual(self.steps(), [1, 2, 3, 4, 5])
        self.assertEqual(self.finished(), [])

    def test_signals_end_it_as_they_would(self) -> None:
        for number, code in ((signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, -signal.SIGINT)):
            process = self.start("train(10**6, lambda step: time.sleep(0.001))")
            before = len(self.server.messages)
            wait_for(lambda: len(self.server.messages) > before + 4, 60)
            began = time.monotonic()
            process.send_signal(number)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, code)
            self.assertLess(time.monotonic() - began, 10)

    def test_nobody_listens(self) -> None:
        self.server.close()
        began = time.monotonic()
        code, out, err = self.run_script("train(50, lambda step: time.sleep(0.02)); print('done')")
        self.assertEqual((code, out), (0, "done\n"))
        self.assertEqual(err.count("\n"), 1)
        self.assertIn("cannot be reached", err)
        self.assertLess(time.monotonic() - began, 60)

    def test_a_server_that_hangs_does_not_hang_the_end(self) -> None:
        self.server.acknowledges = False
        script = """
            import atexit
            began = []
            # Runs after the client's end, which is registered later.
            atexit.register(lambda: print(time.monotonic() - began[0] < 10))
            train(5)
            began.append(time.monotonic())
        """
        self.assertEqual(self.run_script(script), (0, "True\n", ""))


class Processes(Program):
    def test_workers_of_a_loader_say_nothing(self) -> None:
        for method in ("fork", "spawn"):
            with self.subTest(method):
                self.server.connections.clear()
                script = """
                    if __name__ == "__main__":
                        train(20, num_workers=2, multiprocessing_context="%s")
                """
                self.assertEqual(self.run_script(script % method), (0, "", ""))
                self.assertEqual(len(self.server.connections), 1)
                self.assertEqual(self.steps(), list(range(1, 21)))

    def test_ranks_that_the_script_starts_itself(self) -> None:
        for method in ("fork", "spawn"):
            with self.subTest(method):
                self.server.connections.clear()
                script = """
                    import torch.multiprocessing as mp
                    def rank(index):
                        os.environ.update(RANK=str(index), WORLD_SIZE="2")
                        train(10)
                    if __name__ == "__main__":
                        mp.start_processes(rank, nprocs=2, start_method="%s")
                """
                self.assertEqual(self.run_script(script % method), (0, "", ""))
                self.assertEqual([self.steps(0), self.steps(1)], [list(range(1, 11))] * 2)
                self.assertEqual(self.finished(), [0, 1])

    def test_a_child_that_trains_beside_its_parent_is_not_mixed_in(self) -> None:
        script = """
            import subprocess
            if len(sys.argv) == 1:
                train(5)
                subprocess.run([sys.executable, __file__, "child"], check=True)
            else:
                train(8)
        """
        code, _, err = self.run_script(script)
        self.assertEqual(code, 0)
        self.assertIn("another process of this run records rank 0", err)
        self.assertEqual(self.steps(), list(range(1, 6)))

    def test_one_training_after_the_other(self) -> None:
        script = """
            import subprocess
            if len(sys.argv) == 1:
                for _ in range(2):
                    subprocess.run([sys.executable, __file__, "child"], check=True)
            else:
                train(8)
        """
        self.assertEqual(self.run_script(script), (0, "", ""))
        self.assertEqual(self.steps(), list(range(1, 9)) * 2)

    def test_a_program_that_only_imports_torch_says_nothing(self) -> None:
        self.assertEqual(self.run_script("torch.nn.Linear(8, 4)(torch.randn(1, 8))"), (0, "", ""))
        self.assertEqual(self.server.connections, [])


class Settings(Program):
    def test_the_kill_switch(self) -> None:
        script = "train(5); print([name for name in sys.modules if name.startswith('traceml')])"
        self.assertEqual(self.run_script(script, {"TRACEML_DISABLED": "1"}), (0, "[]\n", ""))
        self.assertEqual(self.server.connections, [])

    def test_a_program_without_torch_loads_next_to_nothing(self) -> None:
        script = "print(sorted(name for name in sys.modules if name.startswith('traceml')))"
        path = os.path.join(self.folder, "plain.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write("import sys\n" + script)
        env = {**os.environ, "PYTHONPATH": _SITE, "TRACEML_AGGREGATOR_PORT": "1"}
        out = subprocess.run(
            [sys.executable, path], env={**env, "TRACEML_SESSION_ID": "s"}, capture_output=True, text=True
        )
        self.assertEqual(
            out.stdout,
            "['traceml_pytorch', 'traceml_pytorch.bootstrap', 'traceml_pytorch.import_watch']\n",
        )

    def test_a_limit_of_steps(self) -> None:
        self.run_script("train(20)", {"TRACEML_TRACE_MAX_STEPS": "7"})
        self.assertEqual(self.steps(), list(range(1, 8)))
        self.assertEqual(self.finished(), [0])

    def test_a_value_that_cannot_be_used_costs_the_tracing_only(self) -> None:
        code, _, err = self.run_script("train(5)", {"TRACEML_INTERVAL": "soon"})
        self.assertEqual(code, 0)
        self.assertIn("TRACEML_INTERVAL='soon'", err)
        self.assertEqual(err.count("\n"), 1)

    def test_what_is_printed_reaches_the_live_view_too(self) -> None:
        script = "print('before'); train(5); print('one\\ntwo'); sys.stderr.write('three\\n')"
        code, out, err = self.run_script(script, {"TRACEML_UI_MODE": "cli"})
        self.assertEqual((code, out, err), (0, "before\none\ntwo\n", "three\n"))
        lines = [row["line"] for row in self.server.rows("stdout_stderr")]
        self.assertEqual(lines, ["before", "one", "two", "three"])


class OthersOnThePath(Program):
    def _package(self, name: str, text: str) -> str:
        folder = os.path.join(self.folder, "others")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        return _SITE + os.pathsep + folder

    def test_a_released_client_of_the_script_records_alone(self) -> None:
        path = self._package("traceml_ai.py", "mine = True\n")
        script = "import traceml_ai; assert traceml_ai.mine; train(5)"
        self.assertEqual(self.run_script(script, {"PYTHONPATH": path}), (0, "", ""))
        self.assertEqual(self.server.connections, [])

    def test_without_one_its_names_are_ours(self) -> None:
        script = """
            import traceml_ai
            traceml_ai.init()
            with traceml_ai.trace_step(torch.nn.Linear(1, 1)):
                pass
            train(5)
        """
        # In front of what may be installed.
        path = _SITE + os.pathsep + os.path.join(_HERE, "lib")
        self.assertEqual(self.run_script(script, {"PYTHONPATH": path}), (0, "", ""))
        self.assertEqual(self.steps(), [1])

    def test_the_users_sitecustomize_is_run(self) -> None:
        path = self._package("sitecustomize.py", "import builtins; builtins.mine = 5\n")
        script = """
            import sitecustomize
            train(5)
            print(mine, os.path.basename(os.path.dirname(sitecustomize.__file__)))
        """
        self.assertEqual(self.run_script(script, {"PYTHONPATH": path}), (0, "5 others\n", ""))
        self.assertEqual(self.steps(), [1, 2, 3, 4, 5])

    def test_an_error_of_the_users_sitecustomize_is_its_own(self) -> None:
        path = self._package("sitecustomize.py", "raise ValueError('theirs')\n")
        code, _, err = self.run_script("train(5)", {"PYTHONPATH": path})
        self.assertEqual(code, 0)
        self.assertIn("Error in sitecustomize", err)
        self.assertIn("ValueError: theirs", err)
        self.assertEqual(self.steps(), [1, 2, 3, 4, 5])


if __name__ == "__main__":
    unittest.main()

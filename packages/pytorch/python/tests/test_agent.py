"""The thread: every step arrives, what is lost is said, and the end is bounded."""

import unittest
from typing import Any

from tests.server import Server, wait_for
from traceml_pytorch.agent import Agent, StepQueue
from traceml_pytorch.identity import Identity
from traceml_pytorch.sender import Sender
from traceml_pytorch.step import Step


def _agent(port: int, queue: StepQueue, **options: Any) -> Agent:
    identity = Identity(0, 0, 1, 1, 0, "host", 1)
    nothing = lambda: None  # noqa: E731
    parts = {"system": nothing, "process": nothing, "environment": nothing, **options}
    sender = Sender("127.0.0.1", port, identity, "s")
    return Agent(sender, queue, identity, 0.2, lambda: getattr(queue, "completed", 0), **parts)


def _put(queue: StepQueue, count: int) -> None:
    for number in range(1, count + 1):
        step = Step(0.0)
        step.number, step.forward_calls = number, 1
        queue.put(step)
        queue.completed = number  # type: ignore[attr-defined]


class Steps(unittest.TestCase):
    def test_nothing_is_lost_at_any_rate(self) -> None:
        with Server() as server:
            queue = StepQueue()
            agent = _agent(server.port, queue)
            agent.start()
            _put(queue, 30_000)
            self.assertTrue(agent.finish(60))
            steps = [row["step"] for row in server.rows("StepTimeTable")]
            self.assertEqual(steps, list(range(1, 30_001)))
            stats = server.rows("agent_stats")[-1]
            self.assertEqual((stats["steps_completed"], stats["steps_dropped"]), (30_000, 0))
            self.assertEqual(server.messages[-1]["_traceml_control"], "rank_finished")

    def test_what_a_full_queue_drops_is_counted_and_said(self) -> None:
        with Server() as server:
            queue = StepQueue(limit=10)
            _put(queue, 25)
            agent = _agent(server.port, queue)
            agent.start()
            self.assertTrue(agent.finish(30))
            self.assertEqual(len(server.rows("StepTimeTable")), 10)
            self.assertEqual(server.rows("agent_stats")[-1]["steps_dropped"], 15)

    def test_a_flush_waits_for_what_was_recorded_before(self) -> None:
        with Server() as server:
            queue = StepQueue()
            agent = _agent(server.port, queue)
            agent.start()
            _put(queue, 500)
            self.assertTrue(agent.flush(30))
            self.assertEqual(len(server.rows("StepTimeTable")), 500)
            agent.finish(30)

    def test_a_source_that_fails_costs_its_row_only(self) -> None:
        class Broken:
            def row(self) -> Any:
                raise OSError("no such file")

        with Server() as server:
            queue = StepQueue()
            agent = _agent(server.port, queue, system=Broken, environment=lambda: {"seq": 0})
            agent.start()
            wait_for(lambda: server.rows("RuntimeEnvironmentTable"))
            _put(queue, 5)
            self.assertTrue(agent.finish(30))
            self.assertEqual(len(server.rows("StepTimeTable")), 5)


if __name__ == "__main__":
    unittest.main()

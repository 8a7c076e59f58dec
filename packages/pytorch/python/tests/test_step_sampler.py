"""How often the deep profile measures: the same rule, with the same figures, as in TypeScript."""

import random
import unittest
from typing import Any, Callable, List, Tuple

from traceml_pytorch.layers.step_sampler import DEFAULT_BUDGET, StepSampler, budget_of


def _run(
    sampler: StepSampler,
    steps: int,
    plain_ms: Callable[[int], float],
    cost_ms: float,
    known_ms: Any = None,
    first: int = 1,
) -> Tuple[List[int], float]:
    """The measured steps, and their cost by the time of all steps without it."""
    sampled, plain = [], 0.0
    for step in range(first, first + steps):
        is_sampled = sampler.should_sample(step)
        step_ms = plain_ms(step)
        plain += step_ms
        if is_sampled:
            sampled.append(step)
        cost = cost_ms if is_sampled else 0.0
        known = cost if known_ms is None or not is_sampled else known_ms
        sampler.observe(step_ms + cost, known, is_sampled)
    return sampled, len(sampled) * cost_ms / plain


def _noisy(ms: float, spread: float, seed: int = 1) -> Callable[[int], float]:
    source = random.Random(seed)

    def plain(step: int) -> float:
        if source.random() < 0.02:
            return ms * 5
        return ms * (1 + spread * (source.random() * 2 - 1))

    return plain


class Rate(unittest.TestCase):
    def test_the_figures_of_the_rule(self) -> None:
        for plain, cost, every in (
            (100, 1, 2),
            (100, 5, 2),
            (100, 5.1, 4),
            (100, 20, 4),
            (100, 40, 8),
            (100, 100, 32),
            (1, 0.01, 64),
            (1, 10, 256),
            (0.001, 10, 4096),
        ):
            sampler = StepSampler(0.05)
            _run(sampler, 20_000, lambda step, plain=plain: plain, cost)
            self.assertEqual(sampler.every, every, (plain, cost))

    def test_the_first_measured_steps(self) -> None:
        for cost in (0.01, 10, 1000):
            sampled, _ = _run(StepSampler(0.05), 60, _noisy(10, 0.2), cost)
            self.assertGreaterEqual(len(sampled), 3)
            self.assertEqual(sampled[0], 4)
        late, _ = _run(StepSampler(0.05), 20, lambda step: 50.0, 1, first=1002)
        self.assertEqual(late[:2], [1008, 1012])

    def test_the_budget_is_kept(self) -> None:
        for budget in (0.01, 0.05, 0.2):
            for cost in (0.1, 1, 5, 50):
                sampler = StepSampler(budget)
                plain = _noisy(20, 0.3)
                _run(sampler, 64, plain, cost)
                _, ratio = _run(sampler, 12_000, plain, cost, first=65)
                self.assertLessEqual(ratio, budget, (budget, cost))

    def test_a_cost_that_only_the_clock_shows_counts_and_noise_does_not(self) -> None:
        hidden = StepSampler(0.05)
        _run(hidden, 5000, _noisy(20, 0.1), 15, known_ms=0.2)
        self.assertGreaterEqual(hidden.every, 16)
        for seed in range(20):
            calm = StepSampler(0.05)
            _run(calm, 4000, _noisy(60, 0.2, seed), 0.5)
            self.assertLessEqual(calm.every, 8)

    def test_steps_without_a_time_change_nothing(self) -> None:
        sampler = StepSampler(0.05)
        for step in range(1, 101):
            sampler.observe(float("nan"), float("nan"), sampler.should_sample(step))
        self.assertEqual(sampler.every, 4)

    def test_the_budget_of_the_environment(self) -> None:
        for text, budget in (
            ("0.02", 0.02),
            ("3%", 0.03),
            (" 2.5 % ", 0.025),
            ("", DEFAULT_BUDGET),
            ("much", DEFAULT_BUDGET),
            ("0", DEFAULT_BUDGET),
            ("150%", DEFAULT_BUDGET),
        ):
            self.assertEqual(budget_of({"TRACEML_LAYER_BUDGET": text}), budget)
        self.assertEqual(budget_of({}), DEFAULT_BUDGET)


if __name__ == "__main__":
    unittest.main()

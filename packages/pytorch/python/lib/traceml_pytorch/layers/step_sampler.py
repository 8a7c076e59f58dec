"""Which steps the deep profile measures, so that all of it stays within its budget.

The rule is that of all clients; docs/deep-profile.md describes it.
"""

import math
import re
from typing import List, Mapping

#: Part of step time that the deep profile may cost when nothing else is said.
DEFAULT_BUDGET = 0.05
#: Completed steps that are neither measured nor looked at: compilers and caches warm up.
_WARM_UP_STEPS = 3
_FIRST_EVERY = 4
#: Measured steps before the rate changes, whatever they cost: a short run has some, too.
_FIRST_SAMPLES = 3
#: There is always a step that was not measured, to compare with.
_MIN_EVERY = 2
_MAX_EVERY = 4096
#: Measured steps come no closer: more of them tell nothing new.
_MIN_GAP_MS = 50.0
#: Other steps that the usual step time is taken from, and measured ones for their cost.
_PLAIN_STEPS, _SAMPLED_STEPS = 16, 8
#: Measured steps in a row that would be cheap enough at four times the rate before it is doubled.
_CHEAP_SAMPLES = 4
#: Standard errors that a difference must be above to count.
_SIGNIFICANCE = 3.0
#: Standard deviation of a normal distribution by its median absolute deviation.
_SIGMA_PER_MAD = 1.4826
#: Standard error of a median by that of a mean.
_MEDIAN_ERROR = 1.2533
_BUDGET = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(%?)\s*")


def budget_of(env: Mapping[str, str]) -> float:
    """The budget that the launcher handed on, as a part of 1: `5%` or `0.05`; else the default."""
    match = _BUDGET.fullmatch(env.get("TRACEML_LAYER_BUDGET", ""))
    if match is None:
        return DEFAULT_BUDGET
    value = float(match.group(1)) / (100.0 if match.group(2) else 1.0)
    return value if 0.0 < value <= 1.0 else DEFAULT_BUDGET


class StepSampler:
    """Decides step by step. `budget` is the part of step time that measuring may cost."""

    def __init__(self, budget: float) -> None:
        self._budget = budget
        #: One step in so many is measured now: a power of two.
        self.every = _FIRST_EVERY
        self._observed = 0
        self._samples = 0
        self._cheap = 0
        self._plain = _Recent(_PLAIN_STEPS)
        self._differences = _Recent(_SAMPLED_STEPS)
        self._costs = _Recent(_SAMPLED_STEPS)

    def should_sample(self, step: int) -> bool:
        """Whether the step with this number is to be measured; to be asked before it."""
        return self._observed >= _WARM_UP_STEPS and step % self.every == 0

    def observe(self, step_ms: float, cost_ms: float, is_sampled: bool) -> None:
        """Learns from a completed step, every one of them; `cost_ms` is what the hooks know of."""
        self._observed += 1
        if self._observed <= _WARM_UP_STEPS or not step_ms >= 0.0:
            return
        if not is_sampled:
            self._plain.add(step_ms)
            return
        self._samples += 1
        self._costs.add(cost_ms if cost_ms > 0.0 else 0.0)
        if self._plain.values:
            self._differences.add(step_ms - self._plain.median())
        if self._samples >= _FIRST_SAMPLES:
            self._adapt()

    def _adapt(self) -> None:
        least = self._least_every()
        if least > self.every:
            self.every = 2 ** math.ceil(math.log2(least)) if least < _MAX_EVERY else _MAX_EVERY
            self._cheap = 0
            return
        self._cheap = self._cheap + 1 if least * 4 <= self.every else 0
        if self._cheap >= _CHEAP_SAMPLES and self.every > _MIN_EVERY:
            self.every //= 2
            self._cheap = 0

    def _least_every(self) -> float:
        """Steps per measured one that the budget asks for at least."""
        plain = self._plain.median()
        if plain <= 0.0:
            return math.inf
        difference = self._differences.median()
        sigma = self._plain.deviation() * _SIGMA_PER_MAD
        error = sigma * _MEDIAN_ERROR / math.sqrt(max(1, len(self._differences.values)))
        is_real = difference > _SIGNIFICANCE * error
        cost = max(self._costs.median(), difference if is_real else 0.0)
        return max(cost / self._budget, _MIN_GAP_MS) / plain


class _Recent:
    """The newest values of a series."""

    def __init__(self, size: int) -> None:
        self.values: List[float] = []
        self._size = size
        self._next = 0

    def add(self, value: float) -> None:
        if len(self.values) < self._size:
            self.values.append(value)
        else:
            self.values[self._next] = value
            self._next = (self._next + 1) % self._size

    def median(self) -> float:
        return _median(self.values)

    def deviation(self) -> float:
        """Median absolute deviation from the median."""
        middle = self.median()
        return _median([abs(value - middle) for value in self.values])


def _median(values: List[float]) -> float:
    if not values:
        return 0.0
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2

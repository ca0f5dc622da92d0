"""What is measured with: a calibration loop, quantiles, the memory of a process and its family."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

LOOPS = 200_000
ROUNDS = 5
PERCENT = 100


def calibration_ms() -> float:
    """A fixed piece of Python work: other times are told as multiples of it too, since machines
    differ and are shared."""
    return median(_one_round() for _ in range(ROUNDS))


def _one_round() -> float:
    began = time.perf_counter()
    sum(number * number % 7 for number in range(LOOPS))
    return (time.perf_counter() - began) * 1000


def quantile(values: Sequence[float], percent: int) -> float:
    """By nearest rank; 0 where nothing was measured."""
    ordered = sorted(values)
    at = max(0, -(-len(ordered) * percent // PERCENT) - 1)
    return ordered[at] if ordered else 0.0


def memory_mb(pid: int) -> float:
    """Resident memory of a process and all that it started, in MiB."""
    return sum(_resident_kb(one) for one in (pid, *_descendants(pid))) / 1024


def _resident_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def _descendants(pid: int) -> Iterable[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in map(int, listed):
        yield child
        yield from _descendants(child)

"""Simulate payments in a failing world: `python -m billing.payments.simulate RUNS SEED [--sql]`.

Run number n is `simulate(SEED + n)` and needs nothing else to be repeated. A violation ends the
whole with exit code 1 and the seed that shows it; give that seed to `RUNS=1` to see it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from rich.console import Console
from rich.progress import track

from billing.payments.memory_store import MemoryStore
from billing.payments.simulation.actors import NAME
from billing.payments.simulation.checks import Violation
from billing.payments.simulation.clockwork import DoesNotEnd
from billing.payments.simulation.mirror import MirrorStore, Sql, StoresDiffer
from billing.payments.simulation.run import Outcome, simulate


def simulate_all(
    seeds: Iterable[int], new_store: Callable[[], MemoryStore] = MemoryStore
) -> Iterator[tuple[int, Outcome | str]]:
    """Each run's outcome, or what it violated; the first violation is the last."""
    for seed in seeds:
        try:
            yield seed, simulate(seed, new_store())
        except (Violation, DoesNotEnd, StoresDiffer) as violation:
            yield seed, str(violation)
            return


def verdict(runs: int, first_seed: int, outcomes: list[Outcome], seconds: float) -> str:
    """One line."""
    payments = sum(one.payments for one in outcomes)
    return (
        f"0 violations: {payments} payments in {runs} runs from seed {first_seed}, "
        f"{sum(one.charges for one in outcomes)} charges, "
        f"{sum(one.crashes for one in outcomes)} crashes, "
        f"{sum(one.tickets for one in outcomes)} tickets, {seconds:.0f} s"
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("runs", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--sql", action="store_true", help="on SQLite beside the memory; slower")
    options = parser.parse_args(arguments)
    _silence()
    seeds = range(options.seed, options.seed + options.runs)
    with stores(on_sql=options.sql) as new_store:
        return _report(seeds, new_store)


@contextmanager
def stores(*, on_sql: bool) -> Iterator[Callable[[], MemoryStore]]:
    """What makes an empty store for each run."""
    if not on_sql:
        yield MemoryStore
        return
    with TemporaryDirectory() as folder:
        sql = Sql(Path(folder), billing=NAME)
        try:
            yield lambda: _mirror(sql)
        finally:
            sql.close()


def _mirror(sql: Sql) -> MirrorStore:
    sql.empty()
    return MirrorStore(sql)


def _report(seeds: range, new_store: Callable[[], MemoryStore]) -> int:
    """Run them all under a progress bar, and print the verdict; the exit code."""
    console, began, outcomes = Console(stderr=True), time.monotonic(), []
    runs = simulate_all(seeds, new_store)
    for seed, result in track(runs, "simulating", total=len(seeds), console=console):
        if isinstance(result, str):
            print(f"VIOLATION at seed {seed}: {result}")
            return 1
        outcomes.append(result)
    print(verdict(len(seeds), seeds.start, outcomes, time.monotonic() - began))
    return 0


def _silence() -> None:
    """Failing is what happens here; nobody wants a line for each."""
    quiet = structlog.make_filtering_bound_logger(50)
    structlog.configure(wrapper_class=quiet, cache_logger_on_first_use=True)


if __name__ == "__main__":  # pragma: no cover - tests call main
    sys.exit(main())

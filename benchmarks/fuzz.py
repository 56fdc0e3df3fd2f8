"""Fuzz test of a reader: no exception but a refusal in one sentence, no hang, no flood of memory.

    python benchmarks/fuzz.py wav --count 10000 --seed 0
    python benchmarks/fuzz.py all --seconds 60 --keep findings

Each input is drawn by seed and number (benchmarks/fuzzing, a module for each format) and read in a process
under limits of time and memory, so that a hang is a finding and not the end. Printed are the inputs that were
read, refused and escaped, the slowest and the largest one. The exit status is 1 after any escape, and after
any input beyond `MOST_CPU_SEC` or `MOST_MIB`; with ``--keep`` these inputs are kept in a folder.
"""

import argparse
import functools
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.fuzzing.trial import FORMATS, Inputs, Trial, tried
from symvae.corpus.guard.failure import Failure
from symvae.corpus.guard.limits import FileLimits
from symvae.corpus.guard.pool import guarded

MOST_CPU_SEC, MOST_MIB = 2.0, 500.0
#: Where a reading process is ended: beyond the bars, so that they are measured and not only passed.
LIMITS = FileLimits(seconds=20.0, memory_mib=4096)


def trials(name: str, *, count: int, seed: int, seconds: float, workers: int) -> Iterator[tuple[int, Trial]]:
    """Try inputs of a format until ``count`` are tried or the time is over.

    Args:
        name: The format.
        count: Number of inputs.
        seed: Seed of the inputs.
        seconds: Longest time.
        workers: Number of processes.

    Yields:
        Number and outcome of each input.
    """
    end = time.monotonic() + seconds
    module = f"benchmarks.fuzzing.{name}"
    outcomes = guarded(
        functools.partial(tried, name),
        Inputs(name, seed, count),
        workers=workers,
        limits=LIMITS,
        preload=(module,),
    )
    for number, outcome in outcomes:
        if isinstance(outcome, Failure):
            outcome = Trial("escape", outcome.detail, LIMITS.seconds, 0.0)
        yield number, outcome
        if time.monotonic() > end:
            return


def is_finding(trial: Trial) -> bool:
    """True for an escape, and for an input that costs more than the bars."""
    return trial.outcome == "escape" or trial.cpu_sec > MOST_CPU_SEC or trial.peak_mib > MOST_MIB


def report(name: str, arguments: argparse.Namespace) -> bool:
    """Fuzz one format, print its row of the table, and tell whether there was no finding."""
    outcomes: Counter[str] = Counter()
    findings: dict[int, Trial] = {}
    refusals: Counter[str] = Counter()
    slowest = largest = 0.0
    for number, trial in trials(
        name,
        count=arguments.count,
        seed=arguments.seed,
        seconds=arguments.seconds,
        workers=arguments.workers,
    ):
        outcomes[trial.outcome] += 1
        refusals[trial.words] += trial.outcome == "refused"
        slowest, largest = max(slowest, trial.cpu_sec), max(largest, trial.peak_mib)
        if is_finding(trial):
            findings[number] = trial
    total = sum(outcomes.values())
    counts = "".join(f"{outcomes[kind]:>9}" for kind in ("read", "refused", "escape"))
    sys.stdout.write(f"{name:12}{total:>8}{counts}{slowest:>11.2f}{largest:>11.0f}\n")
    sys.stdout.flush()
    inputs = Inputs(name, arguments.seed, arguments.count)
    for number, trial in sorted(findings.items())[:20]:
        words = trial.words or trial.outcome
        sys.stdout.write(f"    {number}: {trial.cpu_sec:.2f} s, {trial.peak_mib:.0f} MiB, {words}\n")
    if arguments.keep:
        for number in findings:
            arguments.keep.mkdir(parents=True, exist_ok=True)
            (arguments.keep / f"{name}-{arguments.seed}-{number}").write_bytes(inputs[number])
    return not findings


def main() -> int:
    """Run, print the table, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("format", choices=(*FORMATS, "all"))
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=600.0, help="Longest time for each format.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="Folder for inputs that escaped or cost too much.")
    arguments = parser.parse_args()
    sys.stdout.write(f"{'format':12}{'trials':>8}{'read':>9}{'refused':>9}{'escapes':>9}{'slowest s':>11}")
    sys.stdout.write(f"{'largest MB':>11}\n")
    names = FORMATS if arguments.format == "all" else (arguments.format,)
    return 0 if all([report(name, arguments) for name in names]) else 1


if __name__ == "__main__":
    sys.exit(main())

"""End the long verbs at random moments: nothing is damaged, and a run that goes on ends as if undisturbed.

    python benchmarks/kills.py --count 200 --seed 0 [--verb render]

Each trial runs the command line in a process of its own, with tiny models and old results in its place, and
sends SIGINT, SIGTERM or SIGKILL at a random moment, more often toward the end, where files are written. Then
the verb is run again as its message says, to its end. The processes are forked from one that has imported
what they need, so that signals arrive during the work. Printed for each verb are

    kills      signals that found the process at work, of all that were sent
    damaged    files that are neither the old, the new nor a stored state that loads
    untidy     processes that SIGINT or SIGTERM ended with another status than 130 or 143, with a traceback,
               or with hidden files left behind
    equal      second runs after a kill whose files equal those of an undisturbed run, byte by byte, and
               nothing beside them

Times and speeds in the log of a training and in the metrics of an evaluation are not compared. The exit
status is 1 unless all trials pass.
"""

import argparse
import contextlib
import csv
import dataclasses
import importlib
import json
import multiprocessing
import os
import shlex
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

os.environ["OMP_NUM_THREADS"] = "1"

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from symvae.cli.main import run  # noqa: E402
from symvae.evaluation.reports import evaluate  # noqa: E402
from symvae.system.symvae import SymVAE  # noqa: E402
from symvae.system.synth_artifacts import load_synth  # noqa: E402
from tests.conftest import TINY  # noqa: E402
from tests.sines import TINY_SYNTH  # noqa: E402
from tests.soundfont import write_soundfont  # noqa: E402

TUNES = ROOT / "data" / "tunes"
ODE = str(TUNES / "ode_to_joy.mid")
STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}


class Verb(NamedTuple):
    """A verb under test, run in a folder of its own beside the folder ``base`` with models and shards."""

    name: str
    command: str
    resumable: bool = False
    """A training, which goes on with --resume once it has stored a state."""
    before: str = ""
    """The command that makes old results, which ``command`` replaces."""


def settings(*values: str) -> str:
    """``--set`` words."""
    return shlex.join(word for value in values for word in ("--set", value))


PRIOR = settings("prior.velocity=bars", "prior.width=32", "prior.layers=1", "prior.batch_size=8")
FADERS = settings(
    'faders.attributes=["register"]', "faders.width=32", "faders.layers=1", "faders.batch_size=8"
)
TRAIN = f"train --preset melody-2bar {settings(*TINY)}"
OUT = "--data ../base/shards --out run"
RENDER = "a.wav --engine sine --stems --plot"
FADE = f"fade {ODE} -m ../base/faded --plot --out f"
EVALUATE = "evaluate model --data ../base/shards --quick --update-model --out report"
VERBS = (
    Verb("render", f"render {ODE} {RENDER} --force", before=f"render {TUNES}/soldiers_joy.mid {RENDER}"),
    Verb(
        "prepare",
        f"prepare {TUNES} --out shards --seed 1 --force",
        before=f"prepare {TUNES} --out shards --seed 2",
    ),
    Verb("fade", f"{FADE} --set register=+4 --force", before=f"{FADE} --set register=-4"),
    Verb(
        "train",
        f"{TRAIN} {OUT} {settings('training.steps=40', 'training.evaluate_every=4')}",
        resumable=True,
    ),
    Verb(
        "train-prior",
        f"train-prior ../base/model {OUT} {PRIOR} {settings('prior.steps=30', 'prior.evaluate_every=3')}",
        resumable=True,
    ),
    Verb(
        "train-faders",
        f"train-faders ../base/model {OUT} {FADERS} "
        + settings("faders.steps=30", "faders.reading_steps=5", "faders.evaluate_every=3"),
        resumable=True,
    ),
    Verb(
        "train-synth",
        f"train-synth --preset synth-24k {OUT} --font ../base/font.sf2 "
        + settings(*TINY_SYNTH, "training.steps=20"),
        resumable=True,
    ),
    Verb("evaluate", f"{EVALUATE} --seed 1 --force", before=EVALUATE),
)


class End(NamedTuple):
    """End of a command."""

    status: int
    """Exit status, or minus the signal that ended it."""
    stderr: str


def ended(command: str, folder: Path, moment: float | None = None, by: int = signal.SIGKILL) -> End:
    """Run a command in a process of its own.

    Args:
        command: Words after ``symvae``.
        folder: Where to run it.
        moment: Seconds to the signal ``by``; by default none is sent.
        by: The signal.

    Returns:
        Its end.
    """
    with tempfile.NamedTemporaryFile("r") as complaints:
        process = multiprocessing.get_context("fork").Process(
            target=_work, args=(command, folder, complaints.name)
        )
        process.start()
        process.join(moment)
        if process.is_alive():
            os.kill(process.pid or 0, by)
            process.join()
        return End(process.exitcode or 0, complaints.read())


def _work(command: str, folder: Path, complaints: str) -> None:
    os.chdir(folder)
    sys.argv = ["symvae", *shlex.split(command)]
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (lives as long as the process)
    sys.stderr = open(complaints, "w")  # noqa: SIM115
    run()


def import_what_it_needs(command: str, folder: Path) -> None:
    """Run a command in a process of its own, and import here what it has imported there."""
    context = multiprocessing.get_context("fork")
    names: multiprocessing.SimpleQueue[list[str]] = context.SimpleQueue()

    def work() -> None:
        try:
            _work(command, folder, os.devnull)
        finally:
            names.put(list(sys.modules))

    process = context.Process(target=work)
    process.start()
    for name in names.get():
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    process.join()


def finish(command: str, folder: Path) -> str:
    """Run the command to its end; return its complaint, empty after success."""
    end = ended(command, folder)
    return end.stderr if end.status else ""


def must(command: str, folder: Path) -> None:
    """Run a command that has to succeed."""
    if complaint := finish(command, folder):
        raise SystemExit(f"{command}: {complaint}")


def make_base(base: Path) -> None:
    """Shards, a model, the same with faders, and a sound font."""
    base.mkdir()
    write_soundfont(base / "font.sf2")
    must(f"prepare {TUNES} --out shards", base)
    must(f"{TRAIN} --data shards --out run", base)
    (base / "run" / "model").rename(base / "model")
    shutil.copytree(base / "model", base / "faded")
    few = settings("faders.steps=6", "faders.reading_steps=3")
    must(f"train-faders faded --data shards --out faders --update-model {FADERS} {few}", base)


def results(folder: Path) -> dict[str, bytes]:
    """Files by name; TensorBoard's events have times in them."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and "/tensorboard/" not in name:
            found[name] = content(path)
    return found


def content(path: Path) -> bytes:
    """Bytes of a file without what depends on the machine."""
    if path.name == "metrics.json" and path.stat().st_size:
        return repr(json.loads(path.read_text(encoding="utf-8")) | {"seconds": None}).encode()
    if path.name == "log.csv":
        with path.open(newline="", encoding="utf-8") as file:
            return repr([row | {"phrases_per_sec": None} for row in csv.DictReader(file)]).encode()
    return path.read_bytes()


def hidden(name: str) -> bool:
    """Tell whether a file has a hidden name, or lies in a folder that has one."""
    return any(part.startswith(".") for part in name.split("/"))


def damaged(verb: Verb, folder: Path, old: dict[str, bytes], new: dict[str, bytes]) -> list[str]:
    """Names of files that are neither old nor new, nor, in a run, whole."""
    found = {name: data for name, data in results(folder).items() if not hidden(name)}
    if not verb.resumable:
        return [name for name, data in found.items() if data not in (old.get(name), new.get(name))]
    faults = []
    try:
        for name in found:
            if name.endswith(".pt"):
                torch.load(folder / name, weights_only=True)
        model = folder / "run" / "model"
        if model.exists():
            (load_synth if verb.name == "train-synth" else SymVAE.load)(model)
    except Exception as fault:
        faults.append(f"{type(fault).__name__}: {fault}")
    return faults


def trial(
    verb: Verb, origin: Path, folder: Path, new: dict[str, bytes], moment: float, by: int
) -> Iterator[str]:
    """Kill a verb and run it again.

    Args:
        verb: The verb.
        origin: Folder with the old results.
        folder: Folder of the trial; deleted at the end.
        new: Files of an undisturbed run.
        moment: Seconds from the start of the process to the signal.
        by: The signal.

    Yields:
        "killed" if the signal found the process at work, and each fault after its column and a colon.
    """
    shutil.copytree(origin, folder)
    old = results(folder)
    status, stderr = ended(verb.command, folder, moment, by)
    if status:
        yield "killed"
    elif results(folder) == new:  # the process was done before the signal
        shutil.rmtree(folder)
        return
    yield from (f"damaged: {fault}" for fault in damaged(verb, folder, old, new))
    if by in STATUS and status not in (0, -by):  # -by: before the command line had begun
        left = [name for name in results(folder) if hidden(name) and not name.endswith(".journal")]
        if status != STATUS[signal.Signals(by)] or "Traceback" in stderr or left:
            yield f"untidy: status {status}, {left}, {stderr}"
    stored = verb.resumable and any((folder / "run").glob("*state.pt"))
    complaint = finish(verb.command + " --resume" * stored, folder)
    again = results(folder)
    if again != new:
        names = sorted(name for name in again.keys() | new.keys() if again.get(name) != new.get(name))
        yield f"unequal: {names} {complaint}"
    shutil.rmtree(folder)


def kills(verb: Verb, wanted: int, home: Path, chance: Random) -> Counter[str]:
    """Kill a verb as often as wanted; a signal that finds it done is sent again, in another trial.

    Args:
        verb: The verb.
        wanted: Number of kills.
        home: Folder with the folder ``base``.
        chance: Of moments and signals.

    Returns:
        Counts of "sent", "killed" and the faults "damaged", "untidy" and "unequal".
    """
    origin, whole = home / f"{verb.name} before", home / f"{verb.name} whole"
    origin.mkdir()
    if verb.name == "evaluate":
        shutil.copytree(home / "base" / "model", origin / "model")
    if verb.before:
        must(verb.before, origin)
    shutil.copytree(origin, home / "first")
    import_what_it_needs(verb.command, home / "first")
    shutil.rmtree(home / "first")
    shutil.copytree(origin, whole)
    begin = time.monotonic()
    must(verb.command, whole)
    seconds, new = time.monotonic() - begin, results(whole)
    counts = Counter[str]()
    while counts["killed"] < wanted:
        moment, by = seconds * chance.random() ** 0.5, chance.choice([*STATUS, signal.SIGKILL])
        before = counts["killed"]
        for finding in trial(verb, origin, home / "trial", new, moment, by):
            counts[finding.split(":")[0]] += 1
            if finding != "killed":
                print(f"{verb.name}, {signal.Signals(by).name} at {moment:.2f} s: {finding}")
        counts["sent"] += 1
        if counts["killed"] == before:  # the run that was timed was a slow one
            seconds *= 0.95
    return counts


def campaign(count: int, seed: int, verbs: Sequence[Verb]) -> bool:
    """Kill the verbs and print the table.

    Args:
        count: Number of kills in all.
        seed: Of moments and signals.
        verbs: The verbs.

    Returns:
        True if there was no fault.
    """
    chance, clean = Random(seed), True
    print(f"{'verb':<14}{'kills':>12}{'damaged':>10}{'untidy':>10}{'equal':>12}", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        make_base(Path(temporary) / "base")
        for place, verb in enumerate(verbs):
            wanted = len(range(place, count, len(verbs)))
            found = kills(verb, wanted, Path(temporary), chance)
            sent, killed = f"{found['killed']} of {found['sent']}", found["killed"]
            equal = f"{killed - found['unequal']} of {killed}"
            print(
                f"{verb.name:<14}{sent:>12}{found['damaged']:>10}{found['untidy']:>10}{equal:>12}", flush=True
            )
            clean &= not (found["damaged"] or found["untidy"] or found["unequal"])
    return clean


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="kills in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verb", action="append", help="only this verb; can be repeated")
    options = parser.parse_args()
    torch.set_num_threads(1)
    # An evaluation that takes a second; the forked processes have it, too.
    evaluate.QUICK = dataclasses.replace(
        evaluate.QUICK, windows=40, pairs=10, samples=40, training_phrases=300, prior_steps=10
    )
    verbs = [verb for verb in VERBS if not options.verb or verb.name in options.verb]
    sys.exit(0 if campaign(options.count, options.seed, verbs) else 1)


if __name__ == "__main__":
    main()

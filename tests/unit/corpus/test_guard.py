"""A bad item costs itself alone: whatever a reader does, all others are read and their order is kept."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from symvae.corpus.guard.failure import Failure
from symvae.corpus.guard.limits import FileLimits
from symvae.corpus.guard.pool import guarded, guarded_in_order
from symvae.errors import ConfigError, CorpusError
from symvae.music.reason import Reason
from tests.unit.corpus.hostile import grow, read

LIMITS = FileLimits(seconds=0.3, memory_mib=64, waiting_factor=1000.0)
FAILED, LONG, MEMORY = Reason.READER_FAILED, Reason.TOOK_TOO_LONG, Reason.TOOK_TOO_MUCH_MEMORY
HOSTILE = {
    "zero": (FAILED, "ZeroDivisionError: integer division or modulo by zero"),
    "recursion": (FAILED, "RecursionError"),
    "exit": (FAILED, "SystemExit: 3"),
    "end": (FAILED, "exit status 3"),
    "kill": (FAILED, "signal SIGKILL"),
    "segment": (FAILED, "signal SIGSEGV"),
    "hang": (LONG, "more than 0.3 s of processor time"),
    "memory": (MEMORY, "more than 64 MiB of memory"),
    "huge": (MEMORY, "more than 64 MiB of memory"),
    "unpicklable": (FAILED, "lambda"),
    "nameless": (FAILED, "The reader failed on it (Nameless in hostile.py, line "),
    "refused": (Reason.UNREADABLE, "It is no music. Give another file."),
}
SCRIPT = """
from symvae.corpus.guard.pool import guarded_in_order

print(list(guarded_in_order(len, ["abc"])))
"""


@pytest.mark.parametrize(("workers", "kinds"), [(1, list(HOSTILE)), (4, ["hang", "kill", "zero", "huge"])])
def test_a_hostile_item_costs_itself_alone(workers: int, kinds: list[str]):
    items = ["print", *(name for bad in kinds for name in (bad, f"after {bad}"))]
    outcomes = dict(zip(items, guarded_in_order(read, items, workers=workers, limits=LIMITS), strict=True))
    for item, outcome in outcomes.items():
        if item in HOSTILE:
            reason, words = HOSTILE[item]
            assert isinstance(outcome, Failure)
            assert (outcome.reason, words in outcome.detail) == (reason, True), outcome
        else:
            assert outcome == item


def test_an_item_does_not_pay_for_the_one_before_it():
    """Each item leaves 40 MiB behind, and two do not fit into one process."""
    outcomes = list(guarded_in_order(grow, ["a", "b", "c"], workers=1, limits=LIMITS))
    assert outcomes == ["a", "b", "c"]


def test_a_waiting_reader_is_not_charged_for_processor_time():
    nap = FileLimits(seconds=0.1, waiting_factor=1000.0)
    assert list(guarded_in_order(read, ["nap"], limits=nap)) == ["nap"]


def test_a_reader_that_waits_for_ever_is_ended():
    (outcome,) = guarded_in_order(read, ["wait"], limits=FileLimits(seconds=0.1, waiting_factor=5.0))
    assert isinstance(outcome, Failure)
    assert outcome.reason is LONG
    assert "waited for more than 0.5 s" in outcome.detail


def test_outcomes_come_as_they_are_known():
    """The first item would take hours."""
    outcomes = guarded(read, ["wait", "quick"], workers=2)
    assert next(outcomes) == (1, "quick")
    outcomes.close()


def test_no_process_remains_where_outcomes_are_no_longer_wanted():
    outcomes = guarded(read, ["pid", "wait", "pid", "wait"], workers=2)
    number, pid = next(outcomes)
    outcomes.close()
    assert number in (0, 2)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


def test_a_reading_process_imports_no_torch_and_nothing_of_its_folder(tmp_path: Path, monkeypatch):
    """A folder of a stranger may hold a file that is called like a module."""
    (tmp_path / "numpy.py").write_text("raise SystemExit('code of a stranger')")
    (tmp_path / "json.py").write_text("raise SystemExit('code of a stranger')")
    monkeypatch.chdir(tmp_path)
    (modules,) = guarded_in_order(read, ["modules"])
    assert "torch" not in modules.split()
    assert "numpy" in modules.split()


def test_a_script_without_a_main_guard_may_read(tmp_path: Path):
    """Processes do not run the script of their parent again."""
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    ran = subprocess.run(
        [sys.executable, tmp_path / "script.py"], env=environment, capture_output=True, text=True
    )
    assert (ran.stdout, ran.stderr) == ("[3]\n", "")


def test_processes_that_cannot_start_are_an_error(monkeypatch):
    monkeypatch.setattr(sys, "executable", "no-such-program")
    with pytest.raises(CorpusError, match="No process for reading can be started"):
        list(guarded_in_order(read, ["a"]))


def test_a_function_that_cannot_be_sent_is_an_error():
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        list(guarded_in_order(partial(lambda item: item), ["a"]))


def test_nothing_is_started_for_nothing(monkeypatch):
    monkeypatch.setattr(sys, "executable", "no-such-program")
    assert list(guarded_in_order(read, [])) == []


@pytest.mark.parametrize("wrong", [{"seconds": 0.0}, {"seconds": float("nan")}, {"memory_mib": 1}])
def test_limits_that_no_file_can_keep_are_refused(wrong: dict[str, float]):
    with pytest.raises(ConfigError, match="Choose"):
        FileLimits(**wrong)  # type: ignore[arg-type]

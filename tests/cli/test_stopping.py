"""Ctrl-C and termination at changes of the file system: status, one sentence, no leftovers, the old file."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from symvae.cli import stopping
from symvae.cli.main import app, run
from symvae.music.grid import Grid
from symvae.music.io.files import write
from symvae.music.phrase import Phrase
from symvae.training.run import RunFolder
from tests.conftest import ROOT, TINY, TUNES
from tests.kill_points import KILLED, End, ended_at

ODE = TUNES / "ode_to_joy.mid"
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}


def stopped(words: Sequence[object], change: int, by: int) -> End:
    """End of the command ``words``, to which the signal ``by`` is sent at its n-th change."""

    def command() -> None:
        sys.argv = ["symvae", *map(str, words)]
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        run()

    return ended_at(change, command, by)


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("by", SIGNALS)
def test_a_rendering_that_is_stopped_leaves_the_old_file(cli, tmp_path, by):
    write(Phrase(Grid(1), *map(np.array, ([0], [4], [60]))), tmp_path / "song.mid")
    words = ["render", "song.mid", "a.wav", "--engine", "sine", "--plot", "--force"]
    assert cli(*words).exit_code == 0
    new = content(tmp_path)
    for change in range(4):
        (tmp_path / "a.wav").write_bytes(b"old")
        (tmp_path / "a.png").unlink(missing_ok=True)
        end = stopped(words, change, by)
        assert end.status == SIGNALS[by]
        assert end.stderr == f"symvae: Stopped. {stopping.KEPT}\n"
        left = content(tmp_path)
        assert left.items() <= (new | {"a.wav": left["a.wav"]}).items()
        assert left["a.wav"] in (b"old", new["a.wav"])


@pytest.mark.parametrize("by", SIGNALS)
def test_files_that_were_finished_stay(cli, tiny_model, tmp_path, by):
    words = ["sample", "-n", 3, "-m", tiny_model, "--out", "here"]
    assert cli(*words).exit_code == 0
    whole = content(tmp_path)
    for change in (0, 2, 4):
        for path in (tmp_path / "here").iterdir():
            path.unlink()
        end = stopped(words, change, by)
        assert (end.status, end.stderr.count("\n")) == (SIGNALS[by], 1)
        assert content(tmp_path).items() <= whole.items()


@pytest.mark.parametrize("by", SIGNALS)
def test_a_preparation_that_is_stopped_says_how_to_resume(cli, tmp_path, by):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "ode.mid").write_bytes(ODE.read_bytes())
    end = stopped(["prepare", "mine", "--out", "shards"], 6, by)
    assert (end.status, end.stderr.count("\n")) == (SIGNALS[by], 1)
    assert "The same command" in end.stderr
    assert not (tmp_path / "shards").exists()
    assert cli("prepare", "mine", "--out", "shards").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "shards"]


TRAIN = ["train", "--preset", "melody-2bar", *(word for value in TINY for word in ("--set", value))]


@pytest.fixture(scope="module")
def whole_run(shards, tmp_path_factory) -> dict[str, bytes]:
    """Files of a training that nothing disturbed."""
    out = tmp_path_factory.mktemp("whole") / "run"
    done = CliRunner().invoke(app, [*TRAIN, "--data", str(shards), "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    return results(out)


def results(run_folder: Path) -> dict[str, bytes]:
    """Files of a run, without the log, which has its speed, and TensorBoard's."""
    return {
        name: data
        for name, data in content(run_folder).items()
        if not name.startswith(("log.csv", "tensorboard"))
    }


@pytest.mark.parametrize(("by", "change"), [(9, 12), (9, 25), (9, 47), (2, 3), (2, 30), (15, 18), (15, 40)])
def test_a_training_ended_anywhere_and_resumed_is_the_undisturbed_one(
    cli, shards, whole_run, tmp_path, by, change
):
    words = [*TRAIN, "--data", str(shards), "--out", "run"]
    end = stopped(words, change, by)
    assert end.status == (KILLED if by == signal.SIGKILL else SIGNALS[by]), end.stderr
    if by != signal.SIGKILL:
        assert not [name for name in content(tmp_path) if Path(name).name.startswith(".")]
        assert "Traceback" not in end.stderr
        last = end.stderr.splitlines()[-1]
        assert ("the same command" in last) is not (tmp_path / "run" / "state.pt").exists()
        assert last.endswith("--resume") is (tmp_path / "run" / "state.pt").exists()
    again = cli(*words, *["--resume"] * (tmp_path / "run" / "state.pt").exists())
    assert again.exit_code == 0, again.stderr
    assert results(tmp_path / "run") == whole_run


def test_a_second_run_in_a_folder_at_work_is_refused(cli, shards, tmp_path):
    words = [*TRAIN, "--data", str(shards), "--out", "run"]
    with RunFolder.open(tmp_path / "run", "state.pt", resume=False).held():
        refused = cli(*words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "symvae: Another run uses run. Wait until it ends, or choose another folder.\n"
    assert cli(*words).exit_code == 0


def test_a_stop_that_a_library_hides_still_has_its_status():
    """As when the signal arrives inside an import, which fails with an error of its own."""
    code = (
        "import os, signal\nfrom symvae.cli.stopping import stoppable\n"
        "with stoppable():\n"
        "    try:\n        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    except KeyboardInterrupt:\n        raise ImportError('numpy failed')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (143, f"symvae: Stopped. {stopping.KEPT}\n")


def test_streams_that_are_closed_or_full_are_no_traceback():
    command = f"{sys.executable} -m symvae measure {ODE}"
    for redirected, status, complaint in (
        (">&-", 0, ""),
        (">/dev/full", 1, "symvae: The output cannot be written: no space is left on the device."),
    ):
        done = subprocess.run(
            f"{command} {redirected}", shell=True, cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        assert done.returncode == status
        named, *complaints = done.stderr.splitlines()
        assert "track 0" in named
        assert [line[: len(complaint)] for line in complaints] == [complaint] * status

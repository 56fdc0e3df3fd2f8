"""Trainings that torchrun shares between two processes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import symvae
from tests.conftest import ROOT
from tests.e2e.test_training import assert_equal, rows, settings, state

#: Arguments: shards, run folder, steps in all, and "--resume" or nothing.
TRAIN = """
import sys
from pathlib import Path
from symvae.config.load import load_preset, with_overrides
from symvae.training.tasks.phrase import train
from tests.conftest import TINY

shards, out, steps, *resume = sys.argv[1:]
config = with_overrides(load_preset("melody-2bar"), list(TINY))
train(config, Path(shards), Path(out), stop_after=int(steps), resume=bool(resume))
"""


def torchrun(*words: object, folder: Path) -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"),
        *("--master-addr", "127.0.0.1", "--master-port", str(port)),
        *(str(word) for word in words),
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def whole(shards: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run from its start to its end, from the command line."""
    folder = tmp_path_factory.mktemp("whole")
    words = ("-m", "symvae", "train", "--preset", "melody-2bar", "--data", shards, "--out", folder / "run")
    assert torchrun(*words, *settings(), folder=folder) == f"{folder / 'run/model'}\n"
    return folder / "run"


def test_two_processes_share_each_batch_and_one_of_them_writes(whole):
    assert [row["step"] for row in rows(whole)] == ["4", "8"]
    assert symvae.load(whole).name == "tiny"


def test_a_run_of_two_processes_stopped_and_resumed_ends_bit_equal(whole, shards, tmp_path):
    script = tmp_path / "train.py"
    script.write_text(TRAIN)
    torchrun(script, shards, tmp_path / "run", 3, folder=tmp_path)
    torchrun(script, shards, tmp_path / "run", 8, "--resume", folder=tmp_path)
    assert_equal(state(tmp_path / "run"), state(whole))
    assert rows(tmp_path / "run") == rows(whole)

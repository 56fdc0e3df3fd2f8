"""Conventions of every verb: exit status, stdout against stderr, --debug, --force, quick help."""

import subprocess
import sys

import pytest

from symvae.cli.main import PANELS, name_of
from symvae.errors import MidiError
from tests.conftest import ROOT, TUNES

VERBS = [name_of(verb) for verbs in PANELS.values() for verb in verbs]
HEAVY = ("torch", "numpy", "miditok", "symusic", "pretty_midi", "music21", "muspy", "matplotlib", "jaxtyping")


def test_help_imports_nothing_heavy():
    # A fresh process: this one has imported torch already.
    code = (
        "import sys, symvae.cli.main as main; from typer.testing import CliRunner; "
        "assert CliRunner().invoke(main.app, ['--help']).exit_code == 0; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(cli, verb):
    result = cli(verb, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_version(cli):
    import symvae

    result = cli("--version")
    assert (result.exit_code, result.stdout) == (0, f"symvae {symvae.__version__}\n")


@pytest.mark.parametrize(
    "words", [["no-such-verb"], ["sample", "--no-such-option"], ["reconstruct"], ["sample", "-n", "many"]]
)
def test_wrong_use_is_status_2(cli, words):
    result = cli(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage" in result.stderr


def test_our_error_is_one_sentence_on_stderr_and_status_1(cli):
    result = cli("reconstruct", "missing.mid", "--model", "no-such-model")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("symvae: There is no model 'no-such-model'.")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("place", [0, 1, 2])
def test_debug_lets_the_traceback_through_wherever_it_stands(cli, place):
    words = ["plot", "missing.mid"]
    words.insert(place, "--debug")
    assert isinstance(cli(*words).exception, MidiError)


def test_nothing_is_overwritten_without_force(cli, tiny_model, tmp_path):
    words = ("sample", "-n", 2, "-m", tiny_model, "--out", "here")
    assert cli(*words).exit_code == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "here").iterdir()}
    refused = cli(*words, "--seed", 5)
    assert refused.exit_code == 1
    assert refused.stderr == (
        "symvae: here/sample-1.mid exists (and 2 more). Add --force to overwrite, or choose another --out.\n"
    )
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "here").iterdir()} == before
    assert cli(*words, "--seed", 5, "--force").exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "here").iterdir()} != before


def test_a_folder_that_cannot_be_made_is_one_sentence(cli, tiny_model, tmp_path):
    (tmp_path / "file").write_text("I am no folder.")
    result = cli("sample", "-n", 1, "-m", tiny_model, "--out", "file/folder")
    assert result.exit_code == 1
    assert result.stderr.startswith("symvae: file")
    assert result.stderr.count("\n") == 1


def test_the_main_job_as_a_program(tiny_model, tmp_path):
    words = ["interpolate", TUNES / "ode_to_joy.mid", TUNES / "soldiers_joy.mid", "--out", tmp_path / "way"]
    command = [sys.executable, "-m", "symvae", *words, "-m", tiny_model, "--steps", "3", "--plot", "--wav"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    written = [line for line in done.stdout.splitlines() if line.startswith(str(tmp_path))]
    assert sorted(written) == sorted(str(path) for path in (tmp_path / "way").iterdir())
    assert len(written) == 6


def test_as_a_program():
    """Through ``python -m symvae``: exit status, streams, and a pipe whose reader goes away."""
    command = [sys.executable, "-m", "symvae"]
    good = subprocess.run(
        [*command, "inspect", TUNES / "ode_to_joy.mid"], cwd=ROOT, capture_output=True, text=True
    )
    assert (good.returncode, good.stderr) == (0, "")
    assert "16 bars, 62 notes" in good.stdout
    bad = subprocess.run([*command, "inspect", "missing.mid"], cwd=ROOT, capture_output=True, text=True)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "There is no file missing.mid." in bad.stderr
    piped = subprocess.run(
        f"{sys.executable} -m symvae inspect {TUNES}/*.mid | head -n 1",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert piped.stderr == ""

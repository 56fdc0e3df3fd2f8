"""measure: tracks that were read, and a table for a pipe."""

import numpy as np

from symvae.music.grid import Grid
from symvae.music.io.files import write
from symvae.music.phrase import Phrase
from tests.cli.test_playing import many_tracks
from tests.conftest import TUNES

ODE = TUNES / "ode_to_joy.mid"


def test_tracks_read_and_not_read_are_noticed_on_stderr(cli, tmp_path):
    many_tracks(tmp_path / "band.mid")
    result = cli("measure", "band.mid")
    assert result.exit_code == 0, result.stderr
    assert "band.mid: track 0 'melody' (its name says \"melody\")" in result.stderr
    assert "not read: tracks 1 'bass', 2 'kit' (drums); choose one with --track" in result.stderr
    assert "not read" not in result.stdout


def test_file_without_notes_is_one_sentence(cli, tmp_path):
    import symusic

    symusic.Score(480).dump_midi(str(tmp_path / "empty.mid"))
    result = cli("measure", "empty.mid")
    assert (result.exit_code, result.stdout) == (1, "")
    reason = "(empty.mid: song: empty: it has no notes)"
    assert f"symvae: There is nothing to measure: no file has a melody {reason}." in result.stderr


def test_file_names_are_not_shortened_in_a_pipe(cli):
    files = sorted(TUNES.glob("*.mid"))
    result = cli("measure", *files)
    assert result.exit_code == 0, result.stderr
    head = result.stdout.splitlines()[0]
    assert all(file.name in head for file in files)
    assert max(len(line) for line in result.stdout.splitlines()) < 10_000


def test_one_bar_is_in_the_singular(cli, tmp_path):
    write(Phrase(Grid.of_metre("4/4", 1), *map(np.array, ([0], [4], [60]))), tmp_path / "bar.mid")
    result = cli("measure", "bar.mid")
    assert "bar.mid bar 1" in result.stdout
    assert "1-1" not in result.stdout

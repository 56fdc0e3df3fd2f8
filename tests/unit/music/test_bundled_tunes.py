"""The tunes that come with symvae: declared, unchanged, remade by their script, and readable."""

import hashlib
import runpy
import tomllib
from pathlib import Path

from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.windows import whole, windows

DATA = Path(__file__).parents[3] / "data"
SOURCES = tomllib.loads((DATA / "tunes" / "SOURCES.toml").read_text(encoding="utf-8"))


def test_every_tune_states_its_origin_and_checksum() -> None:
    files = {path.name for path in (DATA / "tunes").glob("*.mid")}
    assert files == set(SOURCES)
    for name, source in SOURCES.items():
        assert hashlib.sha256((DATA / "tunes" / name).read_bytes()).hexdigest() == source["sha256"]
        assert all(source[key] for key in ("title", "origin", "public_domain", "metre", "notation"))


def test_the_script_reproduces_the_bundled_files() -> None:
    bundle = runpy.run_path(str(DATA / "make_tunes.py"))["bundle"]()
    assert {name: hashlib.sha256(data).hexdigest() for name, (data, _) in bundle.items()} == {
        name: source["sha256"] for name, source in SOURCES.items()
    }


def test_tunes_have_eight_bars_or_more_in_their_metre() -> None:
    num_with_windows = 0
    for name, source in SOURCES.items():
        song = load(DATA / "tunes" / name)
        (phrase,) = whole(song).phrases
        assert phrase.grid.bars >= 8
        assert song.metres[0].name == source["metre"]
        num_with_windows += len(windows(song, Grid(2)).phrases) >= 4
    assert num_with_windows >= 6
    metres = [source["metre"] for source in SOURCES.values()]
    assert "3/4" in metres
    assert "6/8" in metres


def test_the_performed_tune_quantizes_to_the_written_one() -> None:
    (written,) = whole(load(DATA / "tunes" / "ode_to_joy.mid")).phrases
    reading = whole(load(DATA / "tunes" / "ode_to_joy_performed.mid"))
    (played,) = reading.phrases
    assert played.pitch.tolist() == written.pitch.tolist()
    assert played.onset_step.tolist() == written.onset_step.tolist()
    assert reading.timing.mean_shift_step > 0.05

"""What the sixteenth grid does to a rhythm is said in every report, and such a rhythm is never exact."""

import json
from pathlib import Path

import numpy as np
import pytest

import symvae
from symvae.corpus.encoded import encoded
from symvae.corpus.journal import Journal
from symvae.corpus.prepare import prepare
from symvae.corpus.sources.folder import folder
from symvae.corpus.sources.song_file import tunes_of_song
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.windows import whole
from symvae.pipelines.continuation import continue_tune
from symvae.pipelines.encode import encode
from symvae.pipelines.infill import infill
from symvae.pipelines.inspect import inspect
from symvae.pipelines.inspect_screen import screen
from symvae.pipelines.intake import read_windows
from symvae.pipelines.interpolate import interpolate
from symvae.pipelines.match import Match, match_tokens
from symvae.pipelines.measure import measure
from symvae.pipelines.plot import plot
from symvae.pipelines.reconstruct import reconstruct
from symvae.pipelines.shift import shift
from symvae.pipelines.song_fade import fade_song
from symvae.pipelines.variations import variations
from symvae.tokens.table import TOKENIZERS
from tests.conftest import TUNES

TRIPLETS = "of the notes are off the sixteenth grid (triplets: 67%): their rhythm is moved to sixteenths"
SWING = "50% of the notes are off the sixteenth grid (triplets: 50%; swing of eighths: 0.67)"


def song(places: tuple[float, ...], quarters: int = 16, length: float = 0.0, resolution: int = 480) -> Song:
    """Notes at these places of each quarter, each as long as the way to the next, or of one length."""
    onset = (np.arange(quarters)[:, None] + np.array(places)).ravel()
    ends = np.append(onset[1:], quarters)
    duration = np.full(len(onset), length) if length else ends - onset
    return song_of(onset, duration, resolution=resolution)


def song_of(onset, duration, pitch=None, resolution: int = 480) -> Song:
    ticks = [np.round(np.asarray(column) * resolution).astype(int) for column in (onset, duration)]
    pitch = 60 + np.arange(len(ticks[0])) * 7 % 12 if pitch is None else np.array(pitch)
    track = Track("melody", 0, False, *ticks, pitch, np.full(len(pitch), 90))
    end_tick = int((ticks[0] + ticks[1]).max())
    return Song(resolution, (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),), (track,), end_tick)


def write(path: Path, music: Song) -> Path:
    path.write_bytes(song_to_bytes(music))
    return path


@pytest.fixture(scope="module")
def model(tiny_model):
    return symvae.load(tiny_model)


@pytest.fixture(scope="module")
def triplets(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("triplets") / "triplets.mid", song((0, 1 / 3, 2 / 3)))


VERBS = {
    "reconstruct": lambda file, model: reconstruct(file, model),
    "continue": lambda file, model: continue_tune(file, model, bars=1, count=1),
    "infill": lambda file, model: infill(file, model, 2, 2, count=1),
    "interpolate": lambda file, model: interpolate([file, file], model, steps=2),
    "variations": lambda file, model: variations(file, model, count=1),
    "shift": lambda file, model: shift(file, {"onset_density": 1.0}, model),
    "encode": lambda file, model: encode([file], model),
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_names_the_rhythm_that_is_moved(verb, model, triplets):
    result = VERBS[verb](triplets, model)
    text = "\n".join(result.lines())
    assert TRIPLETS in text
    assert "exact" not in text
    assert "unchanged" not in text
    data = result.data()
    read = data.get("input") or data.get("inputs")[0]
    assert read["triplet_share"] == pytest.approx(2 / 3, abs=0.01)
    assert read["off_grid_share"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("verb", VERBS)
def test_a_tune_on_the_grid_is_not_commented(verb, model):
    text = "\n".join(VERBS[verb](TUNES / "ode_to_joy.mid", model).lines())
    assert not any(word in text for word in ("sixteenth", "beat found", "on the grid", "in place"))


def test_fade_measure_plot_and_inspect_name_it_too(fader_model, triplets, tmp_path):
    faded = fade_song(triplets, {"register": "+2"}, model=symvae.load(fader_model))
    assert any(TRIPLETS in line for line in faded.lines())
    measured = measure([triplets])
    assert any(f"{triplets}: 67% {TRIPLETS}" in notice for notice in measured.notices)
    assert measured.data()[0]["timing"]["triplet_share"] == pytest.approx(2 / 3, abs=0.01)
    assert any(TRIPLETS in notice for notice in plot([triplets], tmp_path / "roll.png").notices)
    report = inspect(triplets)
    assert "67% off the grid (mean shift 0.222 steps, 27.8 ms; triplets: 67%)" in report.to_text()
    assert report.to_dict()["tracks"][0]["triplet_share"] == pytest.approx(2 / 3, abs=0.01)


def perfect(file: Path, model) -> list[Match]:
    """Matches of a model that gives back each phrase as it was read."""
    intake = read_windows(file, model)
    return match_tokens(model, intake.phrases, intake.phrases, intake.file_notes)


@pytest.mark.parametrize(
    ("places", "notes", "in_place"),
    [
        ((0, 1 / 3, 2 / 3), 24, 8),
        ((0, 2 / 3), 16, 8),
        ((0, 0.6), 16, 8),
        ((0, 0.2, 0.4, 0.6, 0.8), 40, 8),
    ],
)
def test_a_moved_rhythm_is_not_exact_although_every_token_is_equal(places, notes, in_place, model, tmp_path):
    for match in perfect(write(tmp_path / "x.mid", song(places)), model):
        assert match.tokens == match.of
        assert not match.exact
        assert str(match).startswith("100.0% on the grid, 32 of 32 tokens equal (")
        assert str(match).endswith(f"; {in_place} of {notes} notes of the file in place")


def test_notes_on_the_grid_are_exact(model, tmp_path):
    for match in perfect(write(tmp_path / "x.mid", song((0, 0.25, 0.5))), model):
        assert match.exact
        assert str(match) == "exact, 32 of 32 tokens equal (24 notes in, 24 out)"


def test_other_lengths_are_not_exact(model, tmp_path):
    file = write(tmp_path / "x.mid", song((0,), length=2 / 3))
    assert not any(match.exact for match in perfect(file, model))
    assert "  the lengths of 100% of the notes are rounded to sixteenths" in read_windows(file, model).lines()


def test_a_chord_of_which_one_note_is_read_is_not_exact(model, tmp_path):
    onset = np.repeat(np.arange(8), 2)
    file = write(tmp_path / "x.mid", song_of(onset, np.ones(16), pitch=[60, 64] * 8))
    (match,) = perfect(file, model)
    assert str(match).endswith("; 8 of 16 notes of the file in place")


def test_a_note_that_sounds_into_a_window_is_missing_from_it(model, tmp_path):
    onset = np.array([0, 1, 2, 3, 4, 5, 6, 7, 9, 10])
    file = write(tmp_path / "x.mid", song_of(onset, np.array([1] * 7 + [2, 1, 6])))
    first, second = perfect(file, model)
    assert not first.exact  # its last note is cut off
    assert not second.exact
    assert str(second).endswith("; 2 of 3 notes of the file in place")


def test_swing_is_named(model, tmp_path):
    lines = read_windows(write(tmp_path / "x.mid", song((0, 2 / 3))), model).lines()
    assert any(SWING in line for line in lines)


def test_music_without_a_beat_is_told_with_a_remedy(model, tmp_path):
    onset = np.cumsum(np.random.default_rng(3).uniform(0.1, 0.9, 200))
    file = write(tmp_path / "x.mid", song_of(onset, np.full(200, 0.1)))
    intake = read_windows(file, model)
    text = "\n".join(intake.lines())
    assert "No beat found: the notes fall anywhere between the beats of the file" in text
    assert "Mark the beats first, with" in text
    assert intake.data()["has_beat"] is False
    report = inspect(file)
    assert "No beat found" in report.to_text()
    assert report.to_dict()["has_beat"] is False
    shown = " ".join(" ".join(screen(report)).split())
    assert "No beat found" in shown
    assert "and export again." in shown


@pytest.mark.parametrize("resolution", [1, 2, 3])
def test_a_file_too_coarse_for_sixteenths_says_so(resolution, model, tmp_path):
    file = write(tmp_path / "x.mid", song((0,), resolution=resolution))
    tick = f"{resolution} tick{'s' * (resolution > 1)} a quarter, too few for sixteenths"
    assert any(tick in line for line in read_windows(file, model).lines())


def test_notes_that_meet_are_counted_in_every_reading():
    run = song((0, 1 / 16, 1 / 8, 1 / 2), quarters=4)
    dropped = {(d.reason.value, d.count) for d in whole(run).dropped}
    assert dropped == {("off_grid", 4)}
    trill = song_of(np.arange(16) / 16, np.full(16, 1 / 16), pitch=[60] * 16)
    (drop,) = whole(trill, polyphonic=True).dropped
    assert (drop.reason.value, drop.count) == ("off_grid", 11)


def test_equal_notes_of_two_tracks_are_duplicates():
    one = song((0, 1 / 2), quarters=4)
    both = Song(480, one.metres, one.tempos, one.tracks * 2, one.end_tick)
    reading = whole(both, polyphonic=True)
    (drop,) = reading.dropped
    assert (drop.reason.value, drop.count) == ("duplicate", 8)
    assert len(reading.phrases[0]) == 8


def test_a_note_that_ends_where_its_pitch_starts_again_is_counted():
    reading = whole(song_of([0, 1], [2, 1], pitch=[60, 60]), polyphonic=True)
    assert reading.phrases[0].duration_step.tolist() == [4, 4]
    assert reading.num_cut == 1


def test_the_card_of_a_corpus_counts_such_tunes(tmp_path):
    music = tmp_path / "music"
    music.mkdir()
    write(music / "triplets.mid", song((0, 1 / 3, 2 / 3)))
    write(music / "shuffle.mid", song((0, 2 / 3)))
    write(music / "straight.mid", song((0, 1 / 2)))
    free = np.cumsum(np.random.default_rng(3).uniform(0.1, 0.9, 200))
    write(music / "free.mid", song_of(free, np.full(200, 0.1)))
    card = prepare([folder(music, workers=1)], tmp_path / "shards")
    assert card["timing"] == {"measured": 4, "off_grid": 3, "triplets": 2, "swing": 1, "without_beat": 1}
    assert json.loads((tmp_path / "shards" / "card.json").read_text())["timing"] == card["timing"]


def test_the_journal_of_a_preparation_keeps_the_timing(tmp_path):
    (tune,) = tunes_of_song(song((0, 1 / 3, 2 / 3)), "a/1", "a", "")
    kept = encoded(tune, TOKENIZERS["melody"]("4/4"))
    with Journal(tmp_path / "journal") as journal:
        journal.add("1", [kept])
        (read,) = journal.items("1")
    assert read.timing == kept.timing == tune.timing

"""Sessions of a genie: presses, releases, seeds, chords, records and contours of tunes."""

import shutil

import numpy as np
import pytest

import symvae
from symvae.config.genie import GenieConfig
from symvae.config.load import load_preset, with_overrides
from symvae.corpus.prepare import prepare
from symvae.corpus.shards import open_shards
from symvae.corpus.sources.folder import folder
from symvae.errors import ArgumentError, ConfigError, CorpusError, MidiError, TrainingError
from symvae.evaluation.genie import contour, evaluate_genie, gold
from symvae.evaluation.reports.genie import to_markdown
from symvae.music.io.source import load_any
from symvae.pipelines.evaluate_genie import is_genie
from symvae.pipelines.genie_play import play, presses_of_tune, read_presses
from symvae.training.press_corpus import press_corpus
from symvae.training.tasks.genie import train_genie
from tests.conftest import TUNES
from tests.genie_models import TINY_GENIE

BUTTONS = (1, 3, 3, 8, 2, 5, 4, 4, 7, 1)


@pytest.fixture(scope="module")
def genie(tiny_genie) -> "symvae.Genie":
    return symvae.load_genie(tiny_genie)


def pressed(genie, **settings) -> list[int]:
    genie.start(**settings)
    return [genie.press(button, 0.2 * number)[0] for number, button in enumerate(BUTTONS)]


def test_the_same_seed_gives_the_same_notes_along_the_buttons(genie):
    first = pressed(genie, seed=3, temperature=1.0)
    assert pressed(genie, seed=3, temperature=1.0) == first
    assert pressed(genie, seed=4, temperature=1.0) != first
    up, higher = np.sign(np.diff(BUTTONS)), np.sign(np.diff(first))
    assert (up * higher >= 0).all()  # at the end of the keyboard a key comes again
    assert (higher[up == 0] == 0).all()


def test_a_free_genie_may_break_the_contour(genie):
    notes = pressed(genie, temperature=1.0, free=True, seed=1)
    assert (np.sign(np.diff(notes)) != np.sign(np.diff(BUTTONS))).any()


@pytest.mark.parametrize("settings", [{"key": "F# minor"}, {"chords": "C#m | F"}])
def test_chords_and_key_change_what_is_played(genie, settings):
    free = {"temperature": 1.0, "free": True}
    assert any(pressed(genie, seed=n, **free) != pressed(genie, seed=n, **free, **settings) for n in range(8))


def test_a_release_ends_what_its_button_began(genie):
    genie.start()
    (low,), (high,) = genie.press(1, 0.0), genie.press(8, 0.5)
    assert genie.release(1, 1.0) == (low,)
    assert genie.release(1, 1.5) == ()
    genie.press(8, 2.0)
    assert [(note.pitch, note.start_sec, note.end_sec) for note in genie.played] == [
        (low, 0.0, 1.0),
        (high, 0.5, 2.0),
        (high, 2.0, None),
    ]
    song = genie.song()
    assert (song.tracks[0].onset_tick / song.ticks_per_quarter).tolist() == [0, 1, 4]


def test_what_cannot_be_pressed(genie):
    genie.start()
    genie.press(3, 1.0)
    for arguments, fault in (
        ((9, 2.0), "Buttons are 1 to 8, not 9"),
        ((0, 2.0), "Buttons are 1 to 8, not 0"),
        ((1, 0.5), "lies before the last press"),
        ((1, 2.0, 0), "A velocity is from 1 to 127"),
    ):
        with pytest.raises(ArgumentError, match=fault):
            genie.press(*arguments)
    with pytest.raises(ConfigError, match="is no key"):
        genie.start(key="H")
    with pytest.raises(ConfigError, match="is no chord symbol"):
        genie.start(chords="C Q")


def test_a_record_is_played_and_written(genie, tmp_path):
    rows = [f"{0.25 * n},{button},press,{60 + n}" for n, button in enumerate(BUTTONS)]
    rows += ["0.1,1,release,"]
    table = tmp_path / "presses.csv"
    table.write_text("time,button,event,velocity\n" + "\n".join(rows))
    result = play(genie, read_presses(table), "presses.csv", seed=2)
    assert result.buttons == BUTTONS
    assert result.report["contour_violations"] == 0
    assert result.lines() == ["tiny-genie: 10 notes from presses.csv, 0 of them against the buttons"]
    result.write(tmp_path / "played.mid")
    assert load_any(tmp_path / "played.mid").num_notes == len(BUTTONS)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("x,1,press", "row 2: 'x' is no time"),
        ("1,9,press", "row 2: '9' is no button"),
        ("1,2,hold", "row 2: 'hold' is no event"),
        ("1,2,release", "has no press"),
    ],
)
def test_a_record_that_cannot_be_read(tmp_path, row, fault):
    (tmp_path / "presses.csv").write_text(f"time,button,event\n{row}\n")
    with pytest.raises(MidiError, match=fault):
        read_presses(tmp_path / "presses.csv")


def test_the_contour_of_a_tune_is_traced_in_its_own_time(genie):
    events = presses_of_tune(TUNES / "ode_to_joy.mid")
    result = play(genie, events, "ode_to_joy.mid")
    assert len(result.pitches) == sum(event.is_press for event in events)
    assert result.report["contour_violations"] == 0
    assert len(set(result.buttons)) > 3


def test_a_training_is_resumed_bit_equal_and_learned_buttons_train_too(shards, tiny_genie, tmp_path):
    config = with_overrides(load_preset("genie", GenieConfig), list(TINY_GENIE))
    data = [open_shards(shards)]
    train_genie(config, data, tmp_path / "run", stop_after=3)
    again = train_genie(config, data, tmp_path / "run", resume=True)
    weights = "model.safetensors"
    assert (again / weights).read_bytes() == (tiny_genie / weights).read_bytes()
    with pytest.raises(TrainingError, match="already holds a run"):
        train_genie(config, data, tmp_path / "run")
    learned = with_overrides(config, ["model.buttons=learned"])
    model = symvae.load_genie(train_genie(learned, data, tmp_path / "learned"))
    assert model.network.encoder is not None
    assert model.metrics["validation"]["perplexity"] > 1


def test_figures_tell_a_genie_that_ignores_its_buttons(genie, shards, monkeypatch):
    monkeypatch.setattr("symvae.evaluation.genie.QUICK_EXCERPTS", 3)
    monkeypatch.setattr("symvae.evaluation.genie.QUICK_PRESSES", 20)
    figures = evaluate_genie(genie, [open_shards(shards)], split="validation", quick=True)
    assert figures["buttons_of_music"]["violations"] == 0
    assert figures["free_play_bound"] == {"violations": 0.0, "same_button_moved": 0.0}
    assert figures["buttons_ignored"]["violations"] > 0.05
    assert figures["free_play"]["violations"] > 0.1  # it has learned nothing yet
    assert figures["gold"] == gold(genie.network) == 0
    assert figures["own_key_share"] < figures["own_key_share_of_music"]
    assert figures["latency_ms"]["p99"] > 0
    assert "contour violations" in to_markdown(figures)


def test_contour_of_keys_against_buttons():
    button = np.array([[0, 1, 1, 2, 0]])
    assert contour(button, np.array([[60, 62, 62, 60, -1]])) == (pytest.approx(1 / 3), 0.0)
    assert contour(button, np.array([[60, 62, 63, 65, -1]])) == (0.0, 1.0)


def test_folders_of_genies_are_told_from_those_of_models(tiny_genie, tiny_model):
    assert is_genie(tiny_genie)
    assert is_genie(tiny_genie.parent)
    assert not is_genie(tiny_model)
    assert not is_genie("melody-2bar")


def test_a_split_without_music_is_told(tmp_path):
    (tmp_path / "songs").mkdir()
    shutil.copy(TUNES / "ode_to_joy.mid", tmp_path / "songs")
    prepare([folder(tmp_path / "songs", collection="songs", workers=1)], tmp_path / "shards")
    with pytest.raises(CorpusError, match="no tune of 2 notes in the split validation"):
        press_corpus([open_shards(tmp_path / "shards")], "validation")


def test_a_genie_plays_like_a_song(genie):
    """Overlap of the pitch classes with those of the song; the tiny genie itself knows no key."""
    tune = TUNES / "frere_jacques.mid"

    def classes(pitch) -> np.ndarray:
        return np.bincount(np.asarray(pitch) % 12, minlength=12) / len(pitch)

    def overlap(**settings) -> float:
        events = presses_of_tune(TUNES / "ode_to_joy.mid")
        pitches = [
            pitch for seed in range(3) for pitch in play(genie, events, "", seed=seed, **settings).pitches
        ]
        return float(np.minimum(classes(pitches), of_song).sum())

    of_song = classes(np.concatenate([track.pitch for track in load_any(tune).tracks]))
    assert overlap(like=tune, temperature=1.0) > overlap(temperature=1.0) + 0.2
    assert pressed(genie, like=load_any(tune), seed=2) == pressed(genie, like=str(tune), seed=2)
    up, higher = np.sign(np.diff(BUTTONS)), np.sign(np.diff(pressed(genie, like=tune, temperature=1.0)))
    assert (up * higher >= 0).all()

"""Grooves on the command line: humanize, drumify and quantize whole songs."""

from dataclasses import replace

import numpy as np
import pytest

from symvae.music.io.files import read, write
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.song import Song
from tests.groove_models import beat, tiny_groove
from tests.songs import band, report_of


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_groove(tmp_path_factory.mktemp("groove") / "model")


@pytest.fixture
def song(tmp_path):
    """A band on the grid, whose kit is the third track."""
    band(tmp_path / "played.mid")
    return tmp_path / "played.mid"


def kit(path) -> Song:
    return next(track for track in load(path).tracks if track.is_drum)


def others(path) -> bytes:
    """The file without its drums."""
    of = load(path)
    fine = 480 // of.ticks_per_quarter
    assert fine == 1
    return song_to_bytes(replace(of, tracks=tuple(t.select(slice(0)) if t.is_drum else t for t in of.tracks)))


def test_humanize_changes_the_drums_alone_and_keeps_their_hits(cli, song, model):
    report = report_of(cli("humanize", song, "-m", model, "--style", "funk", "-o", "out.mid", "--json"))
    before, after = kit(song), kit("out.mid")
    assert np.array_equal(np.sort(before.pitch), np.sort(after.pitch))
    assert report["notes"]["moved"] > 0
    assert abs(after.onset_tick - before.onset_tick).max() <= 120
    assert others("out.mid") == others(song)


def test_humanize_by_nothing_gives_the_file_byte_for_byte(cli, song, model):
    assert cli("humanize", song, "-m", model, "--amount", 0, "-o", "same.mid").exit_code == 0
    cli("quantize", song, "--amount", 0, "-o", "again.mid")
    original = song_to_bytes(load(song))
    for name in ("same.mid", "again.mid"):
        assert song_to_bytes(load(name)) == original


def test_the_same_seed_gives_the_same_drums_and_another_one_others(cli, song, model):
    for name, seed in (("a.mid", 1), ("b.mid", 1), ("c.mid", 2)):
        assert cli("humanize", song, "-m", model, "--seed", seed, "-o", name).exit_code == 0
    a, b, c = (kit(name).onset_tick.tolist() for name in ("a.mid", "b.mid", "c.mid"))
    assert a == b != c


def test_the_groove_of_another_beat_is_laid_on_equal_hits(cli, tmp_path, model):
    straight, played = beat(4), beat(4)
    offset = np.where(played.pitch == 42, 0.2, -0.1)
    played = replace(played, offset_step=offset, velocity=np.where(played.pitch == 42, 40, 110))
    write(straight, "straight.mid")
    write(played, "played.mid")
    done = cli("humanize", "straight.mid", "-m", model, "--groove-from", "played.mid", "-o", "out.mid")
    assert done.exit_code == 0, done.stderr
    assert np.array_equal(kit("out.mid").velocity, kit("played.mid").velocity)
    assert abs(kit("out.mid").onset_tick - kit("played.mid").onset_tick).max() <= 1


def test_a_player_of_another_file_is_named_in_the_report(cli, song, model):
    write(beat(2, seed=1), "other.mid")
    done = cli("humanize", song, "-m", model, "--like", "other.mid", "-o", "out.mid")
    assert "the player of other.mid" in done.stdout
    both = cli("humanize", song, "-m", model, "--like", "other.mid", "--groove-from", "other.mid")
    assert both.exit_code == 2


def test_drumify_adds_a_kit_to_the_onsets_of_a_melody(cli, song, model):
    report = report_of(
        cli("drumify", song, "-m", model, "--track", "melody", "--keep", "hits", "-o", "out.mid", "--json")
    )
    of, before = load("out.mid"), load(song)
    assert len(of.tracks) == len(before.tracks) + 1
    steps = np.unique(np.rint(of.tracks[-1].onset_tick / (of.ticks_per_quarter / 4)))
    melody = np.unique(np.rint(before.tracks[0].onset_tick / (before.ticks_per_quarter / 4)))
    assert np.array_equal(steps, melody)
    assert report["taps"] == len(melody) == len(steps)
    for old, new in zip(before.tracks, of.tracks, strict=False):
        assert np.array_equal(
            old.onset_tick * of.ticks_per_quarter, new.onset_tick * before.ticks_per_quarter
        )


def test_taps_on_a_drum_track_are_replaced_by_the_kit(cli, model):
    taps = beat(2).select(np.arange(4))
    write(taps, "taps.mid")
    report = report_of(cli("drumify", "taps.mid", "-m", model, "-o", "out.mid", "--json"))
    assert report["keep"] == "hits"
    (drums,) = read("out.mid")
    assert set(drums.onset_step) == set(taps.onset_step)


def test_quantize_brings_humanized_drums_back_to_the_grid(cli, model):
    write(beat(4), "straight.mid")
    cli("humanize", "straight.mid", "-m", model, "-o", "played.mid")
    report = report_of(cli("quantize", "played.mid", "--grid", 16, "-o", "back.mid", "--json"))
    assert report["moved"] > 0
    assert report["same_cell"] == 0
    straight, back = read("straight.mid")[0], read("back.mid")[0]
    assert np.array_equal(straight.onset_step, back.onset_step)
    assert np.array_equal(straight.pitch, back.pitch)
    assert not back.offset_step.any()


def test_quantize_says_that_a_song_without_drums_moves_as_a_whole(cli):
    write(replace(beat(2), is_drum=False).without_overlaps(), "tune.mid")
    assert "all tracks: the song has no drums" in " ".join(cli("quantize", "tune.mid").output.split())
    named = cli("quantize", "tune.mid", "--track", 0, "-o", "again.mid")
    assert "no drums" not in named.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["humanize", "tune.mid"], "or write drums to this one with `symvae drumify`"),
        (["humanize", "beat.mid", "--style", "polka"], "knows no style 'polka'. Choose one of: funk, rock."),
        (["drumify", "empty.mid"], "empty.mid has no note to tap."),
        (["humanize", "empty.mid"], "empty.mid has no hit to play."),
        (["humanize", "beat.mid", "-o", "beat.mid"], "Add --force to overwrite"),
        (["humanize", "beat.mid", "-o", "beat.abc"], "A whole song is written as MIDI only."),
    ],
)
def test_bad_input_gets_one_sentence(cli, model, words, sentence):
    write(beat(2), "beat.mid")
    write(replace(beat(2), pitch=60 + beat(2).pitch % 12, is_drum=False).without_overlaps(), "tune.mid")
    write(beat(2).select(np.zeros(0, int)), "empty.mid")
    done = cli(*words, "-m", model)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_quantize_of_drums_that_are_not_there_gets_one_sentence(cli):
    write(replace(beat(2), is_drum=False).without_overlaps(), "tune.mid")
    done = cli("quantize", "tune.mid", "--part", "drums")
    assert done.exit_code == 1
    assert "tune.mid has no drums. Leave --part out to quantize all its tracks." in done.stderr


def test_train_groove_learns_from_prepared_drums_and_resumes(cli, tmp_path):
    """A few steps through the command line; the resumed run ends with the same weights."""
    (tmp_path / "songs").mkdir()
    for seed in range(8):
        write(beat(4, seed=seed, density=0.06), tmp_path / "songs" / f"{seed}.mid")
    done = cli("prepare", "drums", "songs", "--tokens", "groove", "--out", "shards", "--workers", 1)
    assert done.exit_code == 0, done.stderr
    sizes = [f"model.{name}=8" for name in ("latent_size", "condition_size", "context_size", "hidden_size")]
    choices = [*sizes, "training.batch_size=3", "training.evaluate_every=2", "training.warmup_steps=1"]
    options = [word for each in choices for word in ("--set", each)]
    train = ("train-groove", "--preset", "groove-2bar", "--data", "shards", *options)
    assert cli(*train, "--set", "training.steps=4", "--out", "whole").exit_code == 0

    from symvae.config.groove import GrooveConfig
    from symvae.config.load import load_preset, with_overrides
    from symvae.corpus.shards import open_shards
    from symvae.training.tasks.groove import train_groove

    config = with_overrides(load_preset("groove-2bar", GrooveConfig), [*choices, "training.steps=4"])
    train_groove(config, open_shards("shards"), tmp_path / "parts", stop_after=2)
    assert cli(*train, "--set", "training.steps=4", "--out", "parts", "--resume").exit_code == 0
    whole, parts = (tmp_path / name / "model/model.safetensors" for name in ("whole", "parts"))
    assert whole.read_bytes() == parts.read_bytes()

    evaluated = cli("evaluate", "whole", "--data", "shards", "--split", "validation", "--quick", "--json")
    assert evaluated.exit_code == 0, evaluated.stderr
    assert '"timing_kl"' in evaluated.stdout

"""Note-level reconstruction, by hand and of piano models with known answers."""

from pathlib import Path

import numpy as np
import pytest
import torch

from symvae.config.run import ModelConfig, RunConfig
from symvae.corpus.prepare import prepare
from symvae.corpus.shards import Shards, open_shards
from symvae.corpus.tune import Tune
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.notes import NoteMatch, match_notes, note_reconstruction
from symvae.evaluation.reports.evaluate import evaluate_control, to_markdown
from symvae.models.phrase.vae import VAE
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.symvae import SymVAE
from symvae.tokens.piano import PianoBars

PIANO = PianoBars()
BARS, POSITIONS = 2, PIANO.positions_per_bar
SCALE = 32.0
SIZES = ModelConfig(
    tokenizer="piano",
    bars=BARS,
    positions=POSITIONS,
    vocabulary_size=PIANO.vocabulary_size,
    latent_size=BARS * POSITIONS,
)
CONFIG = RunConfig(name="piano", model=SIZES)


def phrase(*notes: tuple[int, int, int, int]) -> Phrase:
    """Notes from (onset, duration, pitch, velocity)."""
    columns = np.array(notes, dtype=np.int64).reshape(-1, 4).T
    return Phrase(Grid(BARS), *columns)


CHORDS = phrase((0, 4, 60, 80), (0, 4, 64, 80), (16, 8, 67, 40))


def test_equal_phrases_match_completely() -> None:
    assert match_notes([CHORDS], [CHORDS]) == NoteMatch(found=1, duration=1, velocity=0)


def test_matches_by_hand() -> None:
    """Of 3 notes in and 4 out, 2 share onset and pitch: one is shorter, one is 10 louder."""
    output = phrase((0, 2, 60, 80), (0, 4, 65, 80), (1, 4, 64, 80), (16, 8, 67, 50))
    assert match_notes([CHORDS], [output]) == NoteMatch(found=4 / 7, duration=1 / 2, velocity=5)


def test_without_notes_nothing_is_found() -> None:
    assert match_notes([phrase()], [phrase()]) == match_notes([CHORDS], [phrase()]) == NoteMatch(0, 0, 0)


class Encoder:
    """z is the ids, scaled."""

    def __call__(self, ids):
        mean = ids.flatten(1).float() / SCALE
        return DiagonalGaussian(mean, torch.full_like(mean, -7.0))


class Decoder:
    """Reads the ids from z, and appends a note to each bar if it is to go on."""

    def __init__(self, goes_on: bool = False) -> None:
        self.goes_on = goes_on

    def __call__(self, z, ids, dropped=None):
        return torch.nn.functional.one_hot(self.generate(z), PIANO.vocabulary_size).float()

    def generate(self, z, temperature=0.0, top_p=1.0, generator=None):
        ids = (z * SCALE).round().long().view(len(z), BARS, POSITIONS)
        if not self.goes_on:
            return ids
        end = (ids != PIANO.padding).sum(-1, keepdim=True)
        return ids.scatter(2, end, PIANO.onset_ids[0])


def model(decoder: Decoder) -> SymVAE:
    return SymVAE(Path(), CONFIG, VAE(Encoder(), decoder), PIANO)


@pytest.fixture(scope="module")
def windows() -> HeldOut:
    music = [CHORDS, CHORDS.transpose(2), CHORDS.transpose(5)]
    ids = torch.from_numpy(np.stack([PIANO.encode_phrase(each) for each in music]).astype(np.int64))
    number = np.arange(3)
    return HeldOut(ids, number, 0 * number, ("chords",), "test", number < 0, {}, {})


def test_a_perfect_piano_model_finds_every_note(windows: HeldOut) -> None:
    figures = note_reconstruction(model(Decoder()), windows)
    assert (figures.found, figures.duration, figures.forced_token) == (1, 1, 1)
    assert (figures.phrases, figures.tunes, figures.collections) == (3, 3, ["chords"])
    assert (figures.chroma, figures.groove) == pytest.approx((1, 1))


def test_padding_does_not_count_and_going_on_after_the_end_does(windows: HeldOut) -> None:
    """One error a bar, at its end; most of the 128 positions are padding."""
    figures = note_reconstruction(model(Decoder(goes_on=True)), windows)
    tokens = int((windows.ids != PIANO.padding).sum())
    bars = windows.ids.shape[0] * BARS
    assert figures.forced_token == pytest.approx(tokens / (tokens + bars))


# The whole evaluation of a piano model


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Shards:
    """Tunes of random notes."""
    tunes = []
    for seed in range(24):
        rng = np.random.default_rng(seed)
        onset = np.sort(rng.permutation(64)[:40])
        pitch = rng.integers(50, 80, 40)
        music = Phrase(Grid(4), onset, np.ones(40, np.int64), pitch)
        tunes.append(Tune(f"a/{seed}", "a", "", music))
    out = tmp_path_factory.mktemp("corpus") / "piano"
    prepare([iter(tunes)], out, tokenizer="piano")
    return open_shards(out)


class RegisterPiano(SymVAE):
    """A perfect piano model with one fader, the register, which transposes."""

    transfers_edits = True

    def __init__(self) -> None:
        super().__init__(Path(), CONFIG, VAE(Encoder(), Decoder()), PIANO)
        music = [CHORDS.transpose(semitones) for semitones in range(-12, 13)]
        self.scales = Scales.fit(("register",), measure_phrases(music, ("register",)))

    def fade_each(self, phrases, values, *, hold=(), best_of=1, refine=True):
        before = measure_phrases(phrases, ["register"])[:, 0]
        return [
            phrase.transpose(round(wish["register"] - register))
            for phrase, wish, register in zip(phrases, values, before, strict=True)
        ]


def test_piano_models_are_evaluated_by_notes_and_faders(shards: Shards) -> None:
    metrics = evaluate_control(RegisterPiano(), shards, quick=True)
    assert "reconstruction" not in metrics
    assert (metrics["notes"]["found"], metrics["notes"]["forced_token"]) == (1, 1)
    assert metrics["control"]["faders"]["register"]["error"] <= 0.5
    assert "positions" in metrics["control"]["faders"]["register"]["best_of_8"]
    text = to_markdown(metrics)
    assert "### Notes" in text
    assert "### Faders" in text

"""Continuity on phrases small enough to hear, and the protocol around it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import symvae
from symvae.corpus.shards import open_shards
from symvae.evaluation.continuation import continuation, tables
from symvae.evaluation.held_out import held_out
from symvae.evaluation.metrics.continuity import continuity
from symvae.evaluation.result import as_json
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase, join
from symvae.system.infill import Filling

GRID = Grid.of_metre("4/4", 2)
OPENING = Phrase(GRID, np.arange(0, 32, 4), np.full(8, 4), np.array([60, 62, 64, 65, 67, 65, 64, 60]))


@given(st.integers(-12, 12))
def test_a_transposed_repeat_has_the_rhythms_and_nothing_else(semitones: int) -> None:
    second = OPENING.transpose(semitones)
    figures = continuity([join([OPENING, second])], 2)
    assert figures.shared_rhythms[0] == 1
    assert figures.register_shift[0] == pytest.approx(abs(semitones))
    assert figures.seam[0] == abs(semitones)
    assert figures.likeness[0] == figures.repeated_bars[0] == (semitones == 0)
    assert figures.tonic[0] == (semitones % 12 == 0)


@given(st.lists(st.integers(0, 7), unique=True))
def test_likeness_falls_with_every_note_that_changes(changed: list[int]) -> None:
    pitch = OPENING.pitch.copy()
    pitch[changed] += 20
    second = OPENING.with_notes(OPENING.onset_step, OPENING.duration_step, pitch, OPENING.velocity)
    assert continuity([join([OPENING, second])], 2).likeness[0] == pytest.approx(1 - len(changed) / 8)


def test_rhythms_are_looked_up_in_all_given_bars_and_silence_counts_0() -> None:
    halves = Phrase(GRID, np.array([0, 8, 16, 20]), np.full(4, 4), np.full(4, 72))
    figures = continuity([join([halves, halves.window(1, 1), OPENING.window(0, 1)])], 2)
    assert figures.shared_rhythms[0] == 0.5
    assert [values[0] for values in continuity([join([OPENING, Phrase(GRID)])], 2)] == [0.0] * 6


def test_each_held_out_phrase_is_continued_from_its_own_first_half(tiny_model, shards, monkeypatch) -> None:
    """A model that repeats what it is given is all alike; the real halves are as they are."""
    model = symvae.load(tiny_model)
    windows = held_out(open_shards(shards), model.config)

    def repeat(codec, prior, openings, bars, generator):
        return [Filling(join([each, each]), 1.0) for each in openings]

    monkeypatch.setattr("symvae.evaluation.continuation.continue_phrases", repeat)
    figures = continuation(model, windows, phrases=5)
    assert (figures.phrases, figures.given_bars, figures.bars) == (5, 1, 2)
    assert figures.drawn["likeness"] == figures.drawn["repeated_bars"] == 1
    chosen = model.to_phrases(windows.draw(5, 0).ids)
    assert figures.real["seam"] == pytest.approx(continuity(chosen, 1).seam.mean())
    assert "continued by 1 bars" in tables(as_json({"it": figures})["it"])

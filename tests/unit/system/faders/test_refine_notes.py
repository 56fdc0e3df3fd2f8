"""Refinement of notes: exchanges that lower the cost, supported by the sources."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.attributes.density import notes_per_bar, rhythm_density
from symvae.attributes.dynamics import mean_velocity
from symvae.attributes.pitch import register
from symvae.music.phrase import Phrase
from symvae.system.faders import refine_notes as module
from symvae.system.faders.constraints import open_constraints
from symvae.system.faders.edit_transfer import notes_of, places
from symvae.system.faders.refine_notes import FARTHEST_STEP, refine_notes
from tests.unit.system.faders.test_edit_transfer import MUSIC, phrase


def missing(attribute, wanted: float, calls: list[int] | None = None):
    """A cost: distance of an attribute from the wanted value."""

    def cost(tries: Sequence[Phrase]) -> np.ndarray:
        if calls is not None:
            calls.append(len(tries))
        return np.array([abs(attribute(each) - wanted) for each in tries])

    return cost


@settings(deadline=None, max_examples=25)
@given(MUSIC, MUSIC, st.floats(0, 1))
def test_the_cost_never_increases(music: Phrase, decoded: Phrase, wanted: float) -> None:
    cost = missing(rhythm_density, wanted)
    assert cost([refine_notes(music, [music, decoded], cost)]) <= cost([music])


@settings(deadline=None, max_examples=25)
@given(MUSIC, MUSIC, st.floats(0, 1))
def test_every_note_is_supported_by_a_source(music: Phrase, decoded: Phrase, wanted: float) -> None:
    """Notes are unchanged, from a source, or moved by a step or two."""
    result = refine_notes(music, [music, decoded], missing(rhythm_density, wanted))
    known = set(places(notes_of(music)).tolist()) | set(places(notes_of(decoded)).tolist())
    onsets = {*music.onset_step.tolist(), *decoded.onset_step.tolist()}
    for onset, _, pitch, _ in notes_of(result).tolist():
        assert onset in onsets
        assert any(128 * (onset + by) + pitch in known for by in range(-FARTHEST_STEP, FARTHEST_STEP + 1))


@settings(deadline=None, max_examples=25)
@given(MUSIC, MUSIC)
def test_notes_of_all_sources_stay(music: Phrase, decoded: Phrase) -> None:
    common = np.intersect1d(places(notes_of(music)), places(notes_of(decoded)))
    result = refine_notes(music, [music, decoded], missing(notes_per_bar, 0.0))
    assert len(result) >= len(common)
    assert len(refine_notes(music, [music, music], missing(notes_per_bar, 0.0))) == len(music)


def test_a_met_request_changes_nothing() -> None:
    music, decoded, calls = phrase((0, 4, 60, 80)), phrase((4, 4, 64, 80)), []
    assert refine_notes(music, [music, decoded], missing(notes_per_bar, 0.5, calls)) == music
    assert calls == [1]


def test_a_chord_can_be_broken_and_gathered_again() -> None:
    """A moved note keeps its end."""
    chord = phrase((0, 8, 60, 80), (0, 8, 64, 80))
    elsewhere = phrase((2, 4, 72, 80))
    broken = refine_notes(chord, [chord, elsewhere], _both(2 / 32, 1.0))
    assert broken.onset_step.tolist() == [0, 2]
    assert broken.end_step.tolist() == [8, 8]
    gathered = refine_notes(broken, [broken], _both(1 / 32, 1.0))
    assert len(np.unique(gathered.onset_step)) == 1
    assert sorted(gathered.pitch.tolist()) == sorted(broken.pitch.tolist())


def _both(rhythm: float, notes: float):
    """A cost that wants onsets and a number of notes."""

    def cost(tries: Sequence[Phrase]) -> np.ndarray:
        return missing(rhythm_density, rhythm)(tries) + missing(notes_per_bar, notes)(tries)

    return cost


def test_all_notes_can_become_louder_together() -> None:
    music = phrase((0, 4, 60, 80), (8, 4, 62, 60))
    result = refine_notes(music, [music], missing(mean_velocity, 78.0))
    assert result.velocity.tolist() == [88, 68]


def test_a_note_at_an_occupied_place_sets_the_duration() -> None:
    music, decoded = phrase((0, 2, 60, 80)), phrase((0, 7, 60, 50))

    def cost(tries: Sequence[Phrase]) -> np.ndarray:
        return np.array([abs(each.duration_step.sum() - 7.0) for each in tries])

    result = refine_notes(music, [music, decoded], cost)
    assert (result.duration_step.tolist(), result.velocity.tolist()) == ([7], [80])


def test_later_sweeps_score_the_best_exchanges_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 5)
    music = phrase(*[(4 * i, 2, 60, 80) for i in range(8)])
    decoded, calls = phrase(*[(4 * i + 2, 2, 65, 80) for i in range(8)]), []
    refine_notes(music, [music, decoded], missing(notes_per_bar, 8.0, calls))
    sweeps = [count for count in calls if count > 1]
    assert sweeps[0] > 16
    assert sweeps[1:] == [5]  # all five are made, so none lowers the cost again
    assert calls.count(1) == 1 + 5


def test_silence_can_be_refined() -> None:
    silence, decoded = phrase(), phrase((0, 4, 60, 80))
    assert refine_notes(silence, [silence, decoded], missing(notes_per_bar, 0.5)) == decoded
    assert refine_notes(silence, [silence], missing(notes_per_bar, 0.5)) == silence


def test_a_phrase_without_locks_is_thinned_below_its_decodes() -> None:
    music = phrase((0, 4, 60, 80), (8, 4, 64, 80), (16, 4, 67, 80))
    assert len(refine_notes(music, [music], missing(notes_per_bar, 0.5))) == 3
    open_to_all = open_constraints(music).for_notes()
    assert len(refine_notes(music, [music], missing(notes_per_bar, 0.5), **open_to_all)) == 1


def test_notes_of_a_phrase_without_locks_move_by_octaves_until_the_register_is_reached() -> None:
    """Each sweep goes on from where the last one ended."""
    music = phrase((0, 4, 48, 80), (8, 4, 52, 80), (16, 4, 55, 80), (24, 4, 60, 80))
    wanted = register(music) + 24
    result = refine_notes(music, [music], missing(register, wanted), **open_constraints(music).for_notes())
    assert register(result) == pytest.approx(wanted, abs=1)
    assert {pitch % 12 for pitch in result.pitch.tolist()} <= {pitch % 12 for pitch in music.pitch.tolist()}


def test_a_phrase_without_locks_gets_notes_of_its_chords() -> None:
    music = phrase((0, 16, 48, 80), (0, 16, 52, 80), (0, 16, 55, 80))
    wanted = notes_per_bar(music) + 2
    result = refine_notes(
        music, [music], missing(notes_per_bar, wanted), **open_constraints(music).for_notes()
    )
    assert notes_per_bar(result) == pytest.approx(wanted, abs=0.5)
    assert {pitch % 12 for pitch in result.pitch.tolist()} <= {0, 4, 7}

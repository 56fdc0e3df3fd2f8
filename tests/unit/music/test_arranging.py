"""Arranging: laws of denser and sparser patterns, touch, octaves and mode mixture, on random piano music."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.music.arranging.mode_mixture import STEPS, degrees_of, mixed
from symvae.music.arranging.octaves import with_bass_octaves
from symvae.music.arranging.pattern import onsets_of, with_onsets
from symvae.music.arranging.texture import chords, clashes, sounding, texture_of
from symvae.music.arranging.touch import with_articulation, with_loudness
from symvae.music.grid import Grid
from symvae.music.metrical_weight import metrical_weight
from symvae.music.phrase import Phrase

C_MAJOR = np.array([0, 2, 4, 5, 7, 9, 11])


def piano(seed: int, metre: str = "4/4") -> Phrase:
    """Four bars: a melody in quarters or dotted quarters over triads, held or broken."""
    rng = np.random.default_rng(seed)
    grid = Grid.of_metre(metre, 4)
    rows: list[tuple[int, int, int, int]] = []
    for start in range(0, grid.num_steps, grid.steps_per_beat):
        rows.append((start, grid.steps_per_beat, 72 + int(rng.choice(C_MAJOR)), 90))
    for start in range(0, grid.num_steps, grid.steps_per_bar):
        triad = [48 + int(C_MAJOR[(rng.integers(7) + each) % 7]) for each in (0, 2, 4)]
        for place, pitch in enumerate(sorted(set(triad))):
            by = 2 * place * int(rng.integers(2))
            rows.append((start + by, grid.steps_per_bar - by, pitch, 60))
    return Phrase(grid, *np.array(rows).T).without_overlaps()


PIANO = st.builds(piano, st.integers(0, 500), st.sampled_from(["4/4", "3/4", "6/8"]))


def notes(phrase: Phrase) -> set[tuple[int, int]]:
    return set(zip(phrase.onset_step.tolist(), phrase.pitch.tolist(), strict=True))


def num_clashes(phrase: Phrase) -> int:
    table = sounding(phrase)
    pairs = zip(phrase.onset_step, phrase.pitch, strict=True)
    return sum(bool(clashes(np.array([pitch]), table[step])[0]) for step, pitch in pairs)


@pytest.mark.parametrize(
    ("metre", "weights"),
    [
        ("4/4", [5, 1, 2, 1, 3, 1, 2, 1, 4, 1, 2, 1, 3, 1, 2, 1]),
        ("3/4", [4, 1, 2, 1, 3, 1, 2, 1, 3, 1, 2, 1]),
        ("6/8", [4, 1, 2, 1, 2, 1, 3, 1, 2, 1, 2, 1]),
    ],
)
def test_metrical_weights(metre, weights):
    assert metrical_weight(Grid.of_metre(metre, 1)).tolist() == weights


def test_notes_far_below_the_melody_are_accompaniment_while_it_rests():
    phrase = Phrase(Grid(1), np.array([0, 4, 8]), np.array([2, 2, 4]), np.array([72, 48, 74]))
    assert texture_of(phrase).melody.tolist() == [True, False, True]
    near = replace(phrase, pitch=np.array([72, 67, 74]))
    assert texture_of(near).melody.all()


def test_the_chord_of_a_beat_is_what_the_accompaniment_sounds_there():
    phrase = Phrase(Grid(1), np.array([0, 0, 0, 8, 8, 8]), np.full(6, 8), np.array([48, 52, 76, 50, 53, 77]))
    chord = chords(phrase, texture_of(phrase).melody)
    assert np.flatnonzero(chord[3]).tolist() == [0, 4]
    assert np.flatnonzero(chord[12]).tolist() == [2, 5]


@given(PIANO, st.integers(1, 64))
def test_a_denser_pattern_keeps_every_note_and_adds_tones_of_the_chord(music, count):
    denser = with_onsets(music, max(count, onsets_of(music)))
    assert notes(music) <= notes(denser)
    chord = chords(music, texture_of(music).melody)
    new = notes(denser) - notes(music)
    assert all(chord[step, pitch % 12] for step, pitch in new)
    assert num_clashes(denser) <= num_clashes(music)
    assert onsets_of(denser) == onsets_of(music) + len({step for step, _ in new})


@given(PIANO, st.integers(1, 64), st.integers(1, 64))
def test_patterns_are_nested(music, a, b):
    """What is denser has every onset of what is sparser."""
    few, many = sorted((a, b))
    steps = [set(with_onsets(music, count).onset_step.tolist()) for count in (few, many)]
    assert steps[0] <= steps[1]


@given(PIANO)
def test_the_pattern_is_the_same_in_bars_with_the_same_onsets(music):
    chord = Phrase(music.grid, *(column[:0] for column in music.columns))
    bar = np.arange(music.grid.bars) * music.grid.steps_per_bar
    columns = (np.repeat(bar, 4), np.full(16, music.grid.steps_per_bar), np.tile([48, 52, 55, 76], 4))
    chord = chord.with_notes(*columns, np.full(16, 80))
    steps = with_onsets(chord, 20).onset_step
    patterns = {
        tuple(sorted(set((steps[steps // len_ == b] % len_).tolist())))
        for len_ in [music.grid.steps_per_bar]
        for b in range(4)
    }
    assert len(patterns) == 1


@given(PIANO, st.integers(0, 64))
def test_a_sparser_pattern_keeps_the_melody_and_adds_no_clash(music, count):
    sparser = with_onsets(music, min(count, onsets_of(music)))
    melody = music.select(texture_of(music).melody)
    assert notes(melody) <= notes(sparser)
    assert onsets_of(sparser) <= onsets_of(music)
    assert len(sparser) <= len(music)
    assert num_clashes(sparser) <= num_clashes(music)
    assert set(sparser.pitch.tolist()) <= set(music.pitch.tolist())


def test_a_broken_chord_gathers_on_its_beat():
    rows = [(0, 16, 48), (2, 14, 52), (4, 12, 55), (0, 16, 76)]
    phrase = Phrase(Grid(1), *np.array(rows).T)
    calm = with_onsets(phrase, 1)
    assert notes(calm) == {(0, 48), (0, 52), (0, 55), (0, 76)}
    assert (calm.end_step == 16).all()


def test_silence_stays_silent():
    silence = Phrase(Grid(2))
    for arranged in (
        with_onsets(silence, 8),
        with_bass_octaves(silence),
        with_articulation(silence, 0.5),
        with_loudness(silence, 10.0),
    ):
        assert arranged == silence


@given(PIANO, st.floats(-1, 1))
def test_touch_changes_no_onset_and_lets_no_new_notes_sound_together(music, longer):
    touched = with_articulation(music, longer)
    assert notes(touched) == notes(music)
    assert (np.sign(touched.duration_step - music.duration_step) * np.sign(longer) >= 0).all()
    assert num_clashes(touched) <= num_clashes(music)


@given(PIANO, st.floats(-20, 20), st.floats(-3, 3))
def test_loudness_moves_the_mean_and_accents_follow_the_metre(music, louder, accent):
    played = with_loudness(music, louder, accent)
    assert notes(played) == notes(music)
    assert played.velocity.mean() - music.velocity.mean() == pytest.approx(louder, abs=0.51)
    weight = metrical_weight(music.grid)[music.onset_step % music.grid.steps_per_bar]
    change = played.velocity - music.velocity
    strong, weak = change[weight == weight.max()].mean(), change[weight == weight.min()].mean()
    assert (strong - weak) * accent >= -abs(accent)


@given(PIANO)
def test_bass_octaves_double_the_lowest_note_of_a_downbeat(music):
    doubled = with_bass_octaves(music)
    new = notes(doubled) - notes(music)
    assert notes(music) <= notes(doubled)
    assert all(
        step % music.grid.steps_per_bar == 0 and (step, pitch + 12) in notes(music) for step, pitch in new
    )
    assert new  # the bass of the first bar at least


def test_mode_mixture_leads_from_major_to_parallel_minor():
    scale = np.array([60, 62, 64, 65, 67, 69, 71])
    assert mixed(scale, 0, 1).tolist() == [60, 62, 64, 65, 67, 68, 71]
    assert mixed(scale, 0, 2).tolist() == [60, 62, 63, 65, 67, 68, 71]
    assert mixed(scale, 0, 3).tolist() == [60, 62, 63, 65, 67, 68, 70]
    assert mixed(scale, 0, 0).tolist() == scale.tolist()
    assert [degree.name for degree in degrees_of(-1)] == ["third"]


@given(st.lists(st.integers(0, 127), min_size=1), st.integers(0, 11), st.sampled_from(list(STEPS)))
def test_mode_mixture_moves_each_note_by_a_semitone_at_most_and_one_way(pitches, tonic, step):
    old = np.array(pitches)
    change = mixed(old, tonic, step) - old
    assert set(change.tolist()) <= {0, -int(np.sign(step))}


@given(st.integers(0, 11))
def test_minor_and_back(tonic):
    scale = 60 + (tonic + C_MAJOR)
    assert mixed(mixed(scale, tonic, 3), tonic, -3).tolist() == scale.tolist()

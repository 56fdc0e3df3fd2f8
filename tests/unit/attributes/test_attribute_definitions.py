"""Each attribute on tunes small enough to check by hand."""

from collections.abc import Sequence
from math import log2

import numpy as np
import pytest

from symvae.attributes.attribute import Attribute
from symvae.attributes.table import ATTRIBUTES, PARTS_ATTRIBUTES, measure
from symvae.errors import ConfigError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.attributes import PARTS_ATTRIBUTES as names_in_tokens


def notes_on(grid: Grid, *columns: Sequence[int]) -> Phrase:
    """A phrase of lists: onsets, durations, pitches and, if given, velocities."""
    return Phrase(grid, *(np.array(column, np.int64) for column in columns))


def value(name: str, phrase: Phrase) -> float:
    return ATTRIBUTES[name](phrase)


def rhythm(*onset_step: int, metre: str = "4/4", bars: int = 2) -> Phrase:
    """Middle C's of one sixteenth."""
    ones = np.ones(len(onset_step), np.int64)
    return notes_on(Grid.of_metre(metre, bars), np.array(onset_step, np.int64), ones, 60 * ones)


def tune(*pitch: int) -> Phrase:
    """Quarter notes."""
    onset = 4 * np.arange(len(pitch))
    return Phrase(Grid(2), onset, np.full(len(pitch), 4), np.array(pitch, np.int64))


def test_densities_count_notes() -> None:
    phrase = rhythm(0, 3, 4, 8, 16, 20)
    assert value("notes_per_bar", phrase) == 3.0
    assert value("onset_density", phrase) == 6 / 32
    chord = notes_on(Grid(1), [0, 0, 0], [4, 4, 4], [60, 64, 67])
    assert value("notes_per_bar", chord) == 3.0


def test_the_densities_differ_on_a_chord() -> None:
    """A chord of three held for a beat, then one note struck twice, the first time held for half a bar."""
    phrase = notes_on(Grid(2), [0, 0, 0, 4, 12], [4, 4, 4, 8, 1], [60, 64, 67, 72, 72])
    assert value("onset_density", phrase) == 5 / 32
    assert value("rhythm_density", phrase) == 3 / 32
    assert value("note_density", phrase) == (3 * 4 + 8 + 1) / 32
    full = rhythm(*range(32))
    assert value("onset_density", full) == value("rhythm_density", full) == value("note_density", full) == 1.0


def test_rest_share_counts_silent_sixteenths() -> None:
    assert value("rest_share", notes_on(Grid(1), [0, 8], [4, 8], [60, 62])) == 4 / 16
    overlapping = notes_on(Grid(1), [0, 2], [8, 2], [60, 64])
    assert value("rest_share", overlapping) == 8 / 16


def test_mean_interval_is_absolute() -> None:
    assert value("mean_interval", tune(60, 64, 60, 67)) == (4 + 4 + 7) / 3
    assert value("mean_interval", tune(60)) == 0.0


@pytest.mark.parametrize(
    ("pitch", "semitones"),
    [
        ((60, 64, 62, 67), 7),  # 4 - 2 + 5
        ((67, 62, 64, 60), -7),
        ((60, 72, 60), 0),  # an arch
        ((60,), 0),
    ],
)
def test_contour_sums_the_intervals(pitch: tuple[int, ...], semitones: int) -> None:
    assert value("contour", tune(*pitch)) == semitones


def test_contour_reads_the_top_of_a_chord() -> None:
    chords = notes_on(Grid(1), [0, 0, 4, 8, 8], [4, 4, 4, 4, 4], [48, 60, 72, 50, 65])
    assert value("contour", chords) == 65 - 60


def test_pitch_attributes() -> None:
    phrase = tune(60, 64, 67, 72)
    assert value("register", phrase) == 65.75
    assert value("pitch_range", phrase) == 12.0
    assert value("pitch_class_entropy", phrase) == pytest.approx(
        1.5
    )  # C twice, E and G: shares 1/2, 1/4, 1/4
    every_class = notes_on(Grid(1), np.arange(12), np.ones(12, int), 60 + np.arange(12))
    assert value("pitch_class_entropy", every_class) == pytest.approx(log2(12))
    assert str(value("pitch_class_entropy", tune(60, 72))) == "0.0"  # not -0.0, which would be printed


def test_scales() -> None:
    c_major = tune(60, 62, 64, 65, 67, 69, 71)
    assert value("c_major_membership", c_major) == value("diatonic_share", c_major) == 1.0
    up = c_major.transpose(1)
    assert value("c_major_membership", up) == pytest.approx(2 / 7)  # F and C are the white keys of C# major
    assert value("diatonic_share", up) == 1.0
    a_minor = tune(69, 71, 72, 74, 76, 77, 79)
    assert value("diatonic_share", a_minor.transpose(3)) == 1.0
    chromatic = notes_on(Grid(1), np.arange(12), np.ones(12, int), 60 + np.arange(12))
    assert value("diatonic_share", chromatic) == pytest.approx(7 / 12)


def test_mode_of_triads() -> None:
    """A profile at the three notes, less three of its means, over its norm and the triad's, which is 1.5."""
    major_mean, major_norm = 41.79 / 12, 4.37564
    minor_mean, minor_norm = 44.51 / 12, 4.00089
    # C E G: 1, 3 and 5 of C major, flat 6, 1 and flat 3 of E minor.
    c_major = (6.35 + 4.38 + 5.19 - 3 * major_mean) / major_norm / 1.5
    e_minor = (3.98 + 6.33 + 5.38 - 3 * minor_mean) / minor_norm / 1.5
    assert value("mode", tune(60, 64, 67)) == pytest.approx(c_major - e_minor, abs=1e-5)
    # C E flat G: 1, flat 3 and 5 of C minor, 6, 1 and 3 of E flat major.
    c_minor = (6.33 + 5.38 + 4.75 - 3 * minor_mean) / minor_norm / 1.5
    e_flat_major = (3.66 + 6.35 + 4.38 - 3 * major_mean) / major_norm / 1.5
    assert value("mode", tune(60, 63, 67)) == pytest.approx(e_flat_major - c_minor, abs=1e-5)


def test_long_notes_decide_between_a_key_and_its_relative() -> None:
    scale, onset = np.array([60, 62, 64, 65, 67, 69, 71]), np.array([0, 1, 2, 3, 4, 5, 6])
    c_major = notes_on(Grid(2), [*onset, 8, 16, 24], [*np.ones(7, int), 8, 8, 8], [*scale, 60, 64, 67])
    a_minor = notes_on(Grid(2), [*onset, 8, 16, 24], [*np.ones(7, int), 8, 8, 8], [*scale, 57, 60, 64])
    assert value("mode", c_major) > 0 > value("mode", a_minor)
    every_class = notes_on(Grid(1), np.arange(12), np.ones(12, int), 60 + np.arange(12))
    assert value("mode", every_class) == 0.0


@pytest.mark.parametrize(
    ("onset_step", "sixteenth", "eighth"),
    [
        ((0, 4, 8, 12), 0, 0),  # on the beats
        ((0, 2, 4, 6), 0, 0),  # plain eighths: each weak one has an onset an eighth before
        ((0, 1, 2, 3), 0, 0),  # plain sixteenths
        ((0, 3, 4), 1 / 3, 0),  # a dotted eighth: its sixteenth follows no onset
        ((0, 1, 4), 0, 0),  # a Scotch snap is none to MusicVAE, for the beat is struck
        ((2, 6, 10, 14), 0, 1),  # only off the beat
        ((1, 2), 1 / 2, 0),  # the eighth follows an onset a sixteenth before
        ((3, 7, 11, 15), 1, 0),
        ((16, 18, 22), 0, 1 / 3),  # the second bar counts as the first
        ((15, 16), 1 / 2, 0),  # an anticipation over the barline
    ],
)
def test_syncopation_in_four(onset_step: tuple[int, ...], sixteenth: float, eighth: float) -> None:
    phrase = rhythm(*onset_step)
    assert value("syncopation_16th", phrase) == pytest.approx(sixteenth)
    assert value("syncopation_8th", phrase) == pytest.approx(eighth)


def test_six_eight_has_two_weak_eighths_a_beat() -> None:
    assert value("syncopation_8th", rhythm(0, 4, metre="6/8")) == 1 / 2  # crotchet, quaver: 2 was not struck
    assert value("syncopation_8th", rhythm(0, 2, 4, 6, metre="6/8")) == 0.0
    assert value("syncopation_8th", rhythm(0, 6, 12, metre="6/8")) == 0.0


#: What the bar struck at every step adds up to: eight or six sixteenths of 1 each, eighths of 1/2, and so on.
ALL_4_4 = 8 * 1 + 4 / 2 + 2 / 3 + 1 / 4 + 1 / 5
ALL_3_4 = 6 * 1 + 3 / 2 + 2 / 3 + 1 / 4
ALL_6_8 = 6 * 1 + 4 / 2 + 1 / 3 + 1 / 4


@pytest.mark.parametrize(
    ("metre", "onset_step", "complexity"),
    [
        ("4/4", (0,), 1 / 5 / ALL_4_4),
        ("4/4", (0, 4, 8, 12), (1 / 5 + 1 / 3 + 1 / 4 + 1 / 3) / ALL_4_4),
        ("4/4", (2, 6, 10, 14), 4 / 2 / ALL_4_4),  # as many notes, off the beat
        ("4/4", (0, 3, 6, 10, 12), (1 / 5 + 1 + 1 / 2 + 1 / 2 + 1 / 3) / ALL_4_4),  # clave son
        ("4/4", tuple(range(16)), 1.0),
        ("3/4", (0, 4, 8), (1 / 4 + 1 / 3 + 1 / 3) / ALL_3_4),
        ("3/4", tuple(range(12)), 1.0),
        ("6/8", (0, 6), (1 / 4 + 1 / 3) / ALL_6_8),
        ("6/8", (4, 8, 9), (1 / 2 + 1 / 2 + 1) / ALL_6_8),
        ("6/8", tuple(range(12)), 1.0),
    ],
)
def test_rhythmic_complexity_of_a_bar(metre: str, onset_step: tuple[int, ...], complexity: float) -> None:
    assert value("rhythmic_complexity", rhythm(*onset_step, metre=metre, bars=1)) == pytest.approx(complexity)
    assert value("rhythmic_complexity", rhythm(*onset_step, metre=metre)) == pytest.approx(complexity / 2)


def test_a_chord_is_as_complex_as_a_note() -> None:
    chord = notes_on(Grid(1), [2, 2, 4], [1, 1, 1], [60, 64, 67])
    assert value("rhythmic_complexity", chord) == value("rhythmic_complexity", rhythm(2, 4, bars=1))


@pytest.mark.parametrize(
    ("onset_step", "duration_step", "share"),
    [
        ((0, 4, 8, 12), (4, 4, 4, 4), 1.0),
        ((0, 4, 8, 12), (1, 1, 1, 1), 1 / 4),
        ((0, 4), (4, 4), (1 + 4 / 12) / 2),  # the last note against its barline
        ((0, 8), (12, 8), 1.0),  # held past the next onset
        ((0, 16), (8, 8), (8 / 16 + 8 / 16) / 2),  # the last bar is the second
        ((0,), (16,), 1.0),  # the silent second bar does not count
        ((0,), (24,), 1.0),
    ],
)
def test_articulation(onset_step: tuple[int, ...], duration_step: tuple[int, ...], share: float) -> None:
    phrase = notes_on(Grid(2), onset_step, duration_step, [60] * len(onset_step))
    assert value("articulation", phrase) == pytest.approx(share)


def test_the_notes_of_a_chord_share_the_next_onset() -> None:
    chords = notes_on(Grid(1), [0, 0, 8, 8], [8, 2, 8, 4], [48, 60, 50, 65])
    assert value("articulation", chords) == (1 + 2 / 8 + 1 + 4 / 8) / 4


def test_mean_velocity() -> None:
    assert (
        value("mean_velocity", notes_on(Grid(1), [0, 4, 4], [1, 9, 9], [60, 62, 65], [30, 60, 120])) == 70.0
    )


def test_tempo_and_notes_per_second() -> None:
    phrase = rhythm(0, 4, 4, 8, 16).with_tempo(120.0)  # two bars of two seconds
    assert value("tempo", phrase) == 120.0
    assert value("notes_per_second", phrase) == 5 / 4
    assert value("notes_per_second", phrase.with_tempo(60.0)) == 5 / 8
    jig = rhythm(0, 6, 12, metre="6/8").with_tempo(180.0)  # two bars of three quarters: two seconds
    assert value("notes_per_second", jig) == 3 / 2


def test_silence_has_a_tempo() -> None:
    assert value("tempo", Phrase(Grid(2), tempo_qpm=72.0)) == 72.0


def bars_of(*bar: tuple[tuple[int, int, int], ...]) -> Phrase:
    """One tuple of (step, duration, pitch) a bar."""
    notes = [(16 * i + step, duration, pitch) for i, each in enumerate(bar) for step, duration, pitch in each]
    onset, duration, pitch = (np.array(column, np.int64) for column in zip(*notes, strict=True))
    return Phrase(Grid(len(bar)), onset, duration, pitch)


A = ((0, 4, 60), (8, 8, 64))
B = ((0, 4, 62), (8, 8, 64))
REST: tuple[tuple[int, int, int], ...] = ()


@pytest.mark.parametrize(
    ("bars", "share"),
    [
        ((A,), 0.0),
        ((A, A), 1.0),
        ((A, B), 0.0),
        ((A, A, B, B), 2 / 3),
        ((A, B, A, B), 2 / 3),
        ((A, A, A, A), 1.0),
        ((A, REST, REST, A), 1 / 3),  # bars without a note repeat nothing
        ((REST, REST, REST, A), 0.0),
    ],
)
def test_repeated_bars(bars: tuple, share: float) -> None:
    assert value("repeated_bar_share", bars_of(*bars)) == pytest.approx(share)


def test_a_bar_is_compared_up_to_its_barline_and_without_velocities() -> None:
    tied = bars_of(A, ((0, 4, 60), (8, 16, 64)), REST)
    assert value("repeated_bar_share", tied) == 1 / 2
    loud = notes_on(Grid(2), [0, 16], [4, 4], [60, 60], [20, 120])
    assert value("repeated_bar_share", loud) == 1.0


@pytest.mark.parametrize(
    ("bars", "share"),
    [
        ((A,), 0.0),
        ((A, A), 1.0),
        ((A, B), 12 / 16),  # another first note; its rest and the second note are alike
        ((A, REST), 4 / 16),  # the rest between the notes
        ((A, A, B), (1 + 12 / 16 + 12 / 16) / 3),
        ((REST, REST, A), (1 + 4 / 16 + 4 / 16) / 3),
        ((((0, 16, 60),), ((0, 16, 72),)), 0.0),  # an octave is another pitch
        ((((0, 16, 60),), ((0, 4, 60), (4, 12, 60))), 1.0),  # struck or held
        ((((0, 32, 60),), REST), 1.0),  # tied over the barline
        ((((0, 8, 60), (0, 8, 64)), ((0, 8, 60),)), 8 / 16),  # a chord is not one of its notes
    ],
)
def test_bars_that_sound_alike(bars: tuple, share: float) -> None:
    assert value("bar_similarity", bars_of(*bars)) == pytest.approx(share)


def test_bars_of_six_eight_are_twelve_sixteenths() -> None:
    jig = notes_on(Grid.of_metre("6/8", 2), [0, 12], [6, 12], [60, 60])
    assert value("bar_similarity", jig) == 6 / 12


def test_every_attribute_documents_itself() -> None:
    for name, each in ATTRIBUTES.items():
        assert isinstance(each, Attribute)
        assert each.name == name
        assert each.unit
        assert each.source
        assert each.summary.endswith(".")
        if each.on_silence is not None:
            assert each.bounds[0] <= each.on_silence <= each.bounds[1]


def test_measure_returns_an_array_for_each_name() -> None:
    phrases = [tune(60, 64), tune(60, 61, 62), Phrase(Grid(2))]
    measured = measure(phrases, ["notes_per_bar", "mean_interval"])
    assert list(measured) == ["notes_per_bar", "mean_interval"]
    np.testing.assert_array_equal(measured["notes_per_bar"], [1.0, 1.5, 0.0])
    np.testing.assert_array_equal(measured["mean_interval"], [4.0, 1.0, 0.0])
    assert set(measure(phrases)) == set(ATTRIBUTES) - set(PARTS_ATTRIBUTES)
    assert names_in_tokens == PARTS_ATTRIBUTES
    assert all(column.shape == (0,) for column in measure([]).values())


def test_an_unknown_name_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(ConfigError, match=r"no attribute swing\. Known: notes_per_bar, "):
        measure([], ["onset_density", "swing"])

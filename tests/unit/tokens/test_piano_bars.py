from collections.abc import Sequence

import numpy as np
import pytest

from symvae.errors import TokenError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.load import load_tokenizer
from symvae.tokens.piano import PianoBars
from symvae.tokens.piano_length import thin, token_counts
from symvae.tokens.piano_vocabulary import PAD, TEMPO, TEMPOS_QPM, TOKENS_PER_BAR
from symvae.tokens.tokenizer import Tokenizer

NAMES = PianoBars().token_names


def notes_on(grid: Grid, *columns: Sequence[int], tempo_qpm: float = 120.0) -> Phrase:
    """A phrase of lists: onsets, durations, pitches and, if given, velocities."""
    return Phrase(grid, *(np.array(column, np.int64) for column in columns), tempo_qpm=tempo_qpm)


def words(row: np.ndarray) -> list[str]:
    """The names of a row, without its padding."""
    return [NAMES[an_id] for an_id in row if an_id != PAD]


def row(*names: str) -> np.ndarray:
    """A bar that holds these tokens."""
    ids = np.full((1, TOKENS_PER_BAR), PAD)
    ids[0, : len(names)] = [NAMES.index(name) for name in names]
    return ids


def cluster_of(notes: int, step: int = 0, velocity: int = 63) -> Phrase:
    """So many notes at one step."""
    return notes_on(Grid(1), [step] * notes, [4] * notes, range(30, 30 + notes), [velocity] * notes)


def test_two_hands_are_encoded_as_the_module_documents() -> None:
    """A chord on one, a melody note on the offbeat, a bass that sounds on over the barline."""
    phrase = notes_on(Grid(2), [0, 0, 6, 12], [4, 8, 2, 12], [60, 48, 67, 43], [87, 63, 103, 63])
    first, second = PianoBars().encode_phrase(phrase)
    assert words(first) == [
        *("Tempo_120.15", "Pitch_48", "Velocity_63", "Duration_2.0.4", "Pitch_60", "Velocity_87"),
        *("Duration_1.0.4", "Position_6", "Pitch_67", "Velocity_103", "Duration_0.2.4"),
        *("Position_12", "Pitch_43", "Velocity_63", "Duration_3.0.4"),
    ]
    assert words(second) == ["Tempo_120.15"]


def test_the_vocabulary_has_218_classes() -> None:
    assert len(NAMES) == len(set(NAMES)) == PianoBars().vocabulary_size == 218
    assert (NAMES[0], NAMES[2], NAMES[89]) == ("PAD_None", "Pitch_21", "Pitch_108")
    assert (NAMES[90], NAMES[105]) == ("Velocity_7", "Velocity_127")
    assert (NAMES[106], NAMES[169]) == ("Duration_0.1.4", "Duration_16.0.4")
    assert (NAMES[170], NAMES[185]) == ("Position_0", "Position_15")
    assert (NAMES[186], NAMES[217]) == ("Tempo_40.0", "Tempo_220.0")


def test_slots_are_steps() -> None:
    slots = PianoBars().slots
    named = {name: slot for name, slot in zip(NAMES, slots.tolist(), strict=True) if slot >= 0}
    assert named == {f"Position_{step}": step for step in range(16)} | {f"Tempo_{t}": 0 for t in TEMPOS_QPM}


@pytest.mark.parametrize(
    ("tempo_qpm", "named"), [(5.0, 40.0), (40.0, 40.0), (116.8, 113.72), (116.92, 120.15), (999.0, 220.0)]
)
def test_the_tempo_is_the_nearest_in_ratio(tempo_qpm: float, named: float) -> None:
    ids = PianoBars().encode_phrase(Phrase(Grid(1), tempo_qpm=tempo_qpm))
    assert words(ids[0]) == [f"Tempo_{named}"]


def test_a_note_longer_than_four_bars_ends_after_four() -> None:
    drone = notes_on(Grid(6), [0], [96], [36])
    assert PianoBars().decode_ids(PianoBars().encode_phrase(drone)).duration_step.tolist() == [64]


def test_of_equal_notes_at_one_step_the_longest_is_encoded() -> None:
    twice = notes_on(Grid(1), [4, 4], [2, 6], [60, 60], [31, 95])
    back = PianoBars().decode_ids(PianoBars().encode_phrase(twice))
    assert (back.duration_step.tolist(), back.velocity.tolist()) == ([6], [95])


def test_silence_keeps_its_tempo() -> None:
    silence = Phrase(Grid(3), tempo_qpm=220.0)
    ids = PianoBars().encode_phrase(silence)
    assert (ids[:, 0] == TEMPO + 31).all()
    assert not ids[:, 1:].any()
    assert PianoBars().decode_ids(ids) == silence
    assert PianoBars().silent_bars(ids[None]).tolist() == [[True, True, True]]


def test_a_bar_is_silent_where_no_note_starts() -> None:
    held = notes_on(Grid(3), [0, 32], [32, 4], [60, 64])
    assert PianoBars().silent_bars(PianoBars().encode_phrase(held)[None]).tolist() == [[False, True, False]]


def test_tokens_that_form_no_note_are_skipped() -> None:
    ids = row("Pitch_60", "Position_4", "Velocity_63", "Pitch_62", "Velocity_63", "Duration_0.1.4")
    assert PianoBars().decode_ids(ids, 90.0) == notes_on(Grid(1), [4], [1], [62], [63], tempo_qpm=90.0)


def test_tokens_after_the_padding_of_a_row_are_ignored() -> None:
    ids = row("PAD_None", "Tempo_40.0", "Pitch_62", "Velocity_63", "Duration_0.1.4")
    assert PianoBars().decode_ids(ids, 90.0) == Phrase(Grid(1), tempo_qpm=90.0)


def test_the_first_tempo_is_decoded() -> None:
    ids = np.concatenate([row("Position_3"), row("Tempo_220.0", "Tempo_40.0"), row("Tempo_40.0")])
    assert PianoBars().decode_ids(ids).tempo_qpm == 220.0
    assert PianoBars().decode_ids(row("Position_3")).tempo_qpm == 120.0


def test_a_decoded_note_ends_with_the_grid() -> None:
    ids = row("Position_14", "Pitch_60", "Velocity_63", "Duration_16.0.4")
    assert PianoBars().decode_ids(ids).duration_step.tolist() == [2]


def test_a_full_bar_fits_and_one_note_more_is_refused() -> None:
    """One tempo and 42 notes of three tokens are 127 of 128; each step but the first costs one more."""
    assert len(words(PianoBars().encode_phrase(cluster_of(42))[0])) == 127
    assert len(words(PianoBars().encode_phrase(cluster_of(42, step=8))[0])) == TOKENS_PER_BAR
    crowded = notes_on(Grid(2), [16] * 43, [1] * 43, range(30, 73))
    with pytest.raises(TokenError) as fault:
        PianoBars().encode_phrase(crowded)
    assert str(fault.value) == (
        "Bar 2 takes 130 tokens, and 128 are the most. Choose other music, or in Python drop its softest "
        "notes: model.tokenizer.fit(phrase)."
    )


def test_thinning_drops_the_softest_and_of_these_the_shortest() -> None:
    """43 notes are one too many: of the two softest the shorter one goes."""
    velocity, duration = np.full(43, 63), np.full(43, 4)
    velocity[[7, 20]] = 31
    duration[20] = 2
    phrase = notes_on(Grid(1), [0] * 43, duration, range(30, 73), velocity)
    assert sorted(set(phrase.pitch.tolist()) - set(thin(phrase).pitch.tolist())) == [50]
    assert token_counts(thin(phrase)).tolist() == [127]


def test_thinning_does_not_change_other_bars() -> None:
    soft = notes_on(Grid(2), [0, *[16] * 50], [4] * 51, [60, *range(30, 80)], [1, *[127] * 50])
    thinned = thin(soft)
    assert len(thinned) == 43
    assert (thinned.pitch[0], thinned.velocity[0]) == (60, 1)


def test_silence_needs_no_thinning() -> None:
    assert thin(Phrase(Grid(2))) == Phrase(Grid(2))


def test_transposition_stops_at_the_ends_of_the_keyboard() -> None:
    ids = PianoBars().encode_phrase(notes_on(Grid(1), [0, 4], [4, 4], [24, 60]))[None]
    silence = PianoBars().encode_phrase(Phrase(Grid(1)))[None]
    moved = PianoBars().transpose_ids(np.concatenate([ids, ids, silence]), np.array([-12, 5, 40]))
    assert PianoBars().decode_ids(moved[0]).pitch.tolist() == [21, 57]
    assert PianoBars().decode_ids(moved[1]).pitch.tolist() == [29, 65]
    np.testing.assert_array_equal(moved[2], silence[0])


@pytest.mark.parametrize("metre", ["3/4", "6/8", "5/4"])
def test_piano_bars_are_in_four_four_only(metre: str) -> None:
    with pytest.raises(TokenError) as fault:
        PianoBars(metre)
    assert str(fault.value) == f"Piano bars are in 4/4, not in {metre!r}."


def test_phrases_in_another_metre_are_refused() -> None:
    with pytest.raises(TokenError) as fault:
        PianoBars().encode_phrase(Phrase(Grid.of_metre("3/4", 2)))
    assert str(fault.value) == "Piano bars are in 4/4, and this phrase is in 3/4."


@pytest.mark.parametrize("pitch", [20, 109])
def test_pitches_out_of_range_are_refused_by_name(pitch: int) -> None:
    with pytest.raises(TokenError) as fault:
        PianoBars().encode_phrase(notes_on(Grid(1), [0, 4], [4, 4], [60, pitch]))
    assert str(fault.value) == f"The pitch {pitch} lies outside 21 to 108. Transpose the phrase."


@pytest.mark.parametrize("shape", [(128,), (2, 16), (1, 2, 128), (0, 128)])
def test_ids_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(TokenError) as fault:
        PianoBars().decode_ids(np.zeros(shape, np.uint8))
    assert str(fault.value) == f"Ids of piano bars are shaped (bar, 128), not {shape}."


@pytest.mark.parametrize("an_id", [-1, 218])
def test_ids_of_another_vocabulary_are_refused(an_id: int) -> None:
    with pytest.raises(TokenError) as fault:
        PianoBars().decode_ids(np.full((1, 128), an_id))
    assert str(fault.value) == (
        f"Ids go from 0 to 217, and these from {an_id} to {an_id}: they are of another vocabulary."
    )


def test_it_is_a_tokenizer() -> None:
    assert isinstance(PianoBars(), Tokenizer)
    assert (PianoBars().metre, PianoBars().positions_per_bar) == ("4/4", 128)


def test_a_saved_tokenizer_loads_as_an_equal_one(tmp_path) -> None:
    PianoBars().save(tmp_path)
    PianoBars().save(tmp_path / "copies" / "mine.json")
    assert load_tokenizer(tmp_path) == load_tokenizer(tmp_path / "copies" / "mine.json") == PianoBars()
    assert str(tmp_path) not in (tmp_path / "tokenizer.json").read_text()

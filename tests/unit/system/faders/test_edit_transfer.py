"""Edit transfer: notes that no decode has stay, and edits of decoded notes are applied."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.faders.edit_transfer import exchanged_share, lost_share, transfer_edit

GRID = Grid(2)


def phrase(*notes: tuple[int, int, int, int], tempo_qpm: float = 100.0) -> Phrase:
    """Notes as onset, duration, pitch, velocity."""
    columns = np.array(notes, np.int64).reshape(-1, 4).T
    return Phrase(GRID, *columns, tempo_qpm=tempo_qpm)


def chords(seed: int) -> Phrase:
    """Random notes, no two of one pitch at once."""
    chance = np.random.default_rng(seed)
    places = chance.choice(8 * 5, size=chance.integers(1, 20), replace=False)
    return phrase(*[(4 * (p // 5), int(chance.integers(1, 4)), 60 + 3 * (p % 5), 60) for p in places])


MUSIC = st.integers(0, 10**6).map(chords)


@given(MUSIC, MUSIC)
def test_without_an_edit_nothing_changes(music: Phrase, decoded: Phrase) -> None:
    """However poor the reconstruction."""
    assert transfer_edit(music, decoded, decoded) == music


@given(MUSIC, MUSIC)
def test_a_perfect_reconstruction_becomes_the_edited_decode(before: Phrase, after: Phrase) -> None:
    result = transfer_edit(before, before, after)
    assert np.array_equal(result.onset_step, after.onset_step)
    assert np.array_equal(result.pitch, after.pitch)


@given(MUSIC, MUSIC, MUSIC)
def test_the_result_is_a_valid_phrase(music: Phrase, before: Phrase, after: Phrase) -> None:
    """On the grid, with no onset of a pitch that is held."""
    result = transfer_edit(music, before, after)
    for pitch in np.unique(result.pitch):
        of_key = result.pitch == pitch
        assert (result.onset_step[of_key][1:] >= result.end_step[of_key][:-1]).all()


def test_notes_are_removed_added_and_kept() -> None:
    music = phrase((0, 4, 60, 80), (0, 4, 64, 80), (8, 4, 67, 80))
    before = phrase((0, 4, 60, 70), (8, 4, 67, 70))  # the third is not reconstructed
    after = phrase((0, 2, 60, 90), (12, 2, 72, 90), tempo_qpm=140.0)
    result = transfer_edit(music, before, after)
    assert list(zip(result.onset_step.tolist(), result.pitch.tolist(), strict=True)) == [
        (0, 60), (0, 64), (12, 72)
    ]  # fmt: skip
    assert result.velocity.tolist() == [100, 100, 90]
    assert result.duration_step.tolist() == [2, 2, 2]
    assert result.tempo_qpm == 140.0


def test_velocities_stay_in_range_and_silence_is_no_error() -> None:
    loud, silence = phrase((0, 4, 60, 120)), Phrase(GRID)
    assert transfer_edit(loud, phrase((0, 4, 60, 10)), phrase((0, 4, 60, 90))).velocity.tolist() == [127]
    assert len(transfer_edit(loud, loud, silence)) == 0
    assert transfer_edit(silence, silence, loud) == loud.with_tempo(loud.tempo_qpm)
    assert transfer_edit(loud, silence, silence) == loud.with_tempo(silence.tempo_qpm)


def test_the_lost_share_of_small_examples() -> None:
    music = phrase((0, 4, 60, 80), (4, 4, 62, 80))
    assert lost_share(music, music) == 0
    assert lost_share(music, phrase((0, 1, 60, 20))) == 1 - 2 / 3
    assert lost_share(music, Phrase(GRID)) == 1
    assert lost_share(Phrase(GRID), Phrase(GRID)) == 0


def test_exchanged_notes_count_whole_and_notes_that_are_gone_half():
    notes = [(0, 2, 60, 80), (4, 2, 62, 80), (8, 2, 64, 80), (12, 2, 65, 80)]
    old = phrase(*notes)
    assert exchanged_share(old, phrase(*notes, (2, 1, 61, 80))) == 0
    assert exchanged_share(old, phrase(*notes[:3])) == 1 / 8
    assert exchanged_share(old, phrase(*notes[:3], (12, 2, 66, 80))) == 1 / 4
    assert exchanged_share(phrase(), old) == 0

"""Players without networks: blocks equal the whole, at any length of blocks."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from symvae.audio import player as players
from symvae.audio.notes import Notes
from symvae.audio.player import DrumPlayer, Player, ProgramPlayer, SinePlayer
from tests.sounds import RATE, difference_db, one_note, play, random_notes


@pytest.mark.parametrize("make", [SinePlayer, DrumPlayer])
def test_blocks_equal_the_whole(make: Callable[[int], Player]) -> None:
    notes, samples = random_notes(2.6), 3 * RATE + 17
    whole = play(make(RATE), notes, samples, 1_000)
    assert whole.shape == (1, samples)
    assert whole.any()
    for block_sec in (0.05, 0.31):
        assert difference_db(play(make(RATE), notes, samples, block_sec), whole) < -80


def test_a_sine_held_for_an_hour_decays() -> None:
    """It costs no more than its audible part."""
    drone, long = SinePlayer(RATE), one_note(duration_sec=3_600.0)
    blocks = list(drone.blocks(long, 60 * RATE))
    assert np.abs(blocks[0]).max() > 0.1
    assert not np.concatenate(blocks, 1)[:, 12 * RATE :].any()


class Font:
    """A `FontPlayer` that records its calls and plays ones."""

    def __init__(self) -> None:
        self.requests: list[tuple[int, int, int, bool]] = []

    def play(self, notes: Notes, program: int, samples: int, *, drums: bool = False) -> np.ndarray:
        return np.ones((2, samples), np.float32)

    def stream(
        self, notes: Notes, program: int, samples: int, block: int, *, drums: bool = False
    ) -> Iterator[np.ndarray]:
        self.requests.append((program, samples, block, drums))
        whole = self.play(notes, program, samples)
        yield from (whole[:, first : first + block] for first in range(0, samples, block))


@pytest.mark.parametrize("drums", [False, True])
def test_a_sound_font_plays_its_program_in_blocks(drums: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(players, "BLOCK_SEC", 0.5)
    font = Font()
    blocks = list(ProgramPlayer(font, 40, RATE, drums=drums).blocks(one_note(), 9_000))
    assert font.requests == [(40, 9_000, RATE // 2, drums)]
    assert [block.shape for block in blocks] == [(2, 4_000), (2, 4_000), (2, 1_000)]


@pytest.mark.parametrize("player", [SinePlayer(RATE), DrumPlayer(RATE)])
def test_no_notes_are_silence(player: Player) -> None:
    nothing = one_note().select(np.array([False]))
    assert not np.concatenate(list(player.blocks(nothing, 1_000)), 1).any()
    assert list(player.blocks(nothing, 0)) == []


@pytest.mark.parametrize("player", [SinePlayer(RATE), DrumPlayer(RATE)])
def test_no_block_is_longer_than_asked_for(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(players, "BLOCK_SEC", 0.5)
    samples = 2 * RATE + 100
    lengths = [block.shape[1] for block in player.blocks(one_note(), samples)]
    assert sum(lengths) == samples
    assert max(lengths) <= 0.5 * RATE

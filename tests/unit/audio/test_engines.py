"""Players of the sine and sound-font engines."""

from pathlib import Path

import numpy as np
import pytest

from symvae.audio.engines import check_sample_rate, font_voices, sine_voices, with_font_drums
from symvae.audio.notes import Notes
from symvae.audio.parts import Part
from symvae.audio.player import DrumPlayer, ProgramPlayer
from symvae.audio.player import SinePlayer as AdditivePlayer
from symvae.errors import AudioError
from tests.sines import SinePlayer

RATE = 8_000
NOTES = Notes(np.array([0.0]), np.array([0.5]), np.array([60]), np.array([100]))
PARTS = [Part("tune", 40, False, NOTES), Part("kit", 8, True, NOTES), Part("bass", 33, False, NOTES)]


def test_pitched_parts_get_sines_and_drums_get_bursts() -> None:
    voices = sine_voices(PARTS, RATE)
    assert [voice.part for voice in voices] == PARTS
    assert [type(voice.player) for voice in voices] == [AdditivePlayer, DrumPlayer, AdditivePlayer]
    assert {voice.player.sample_rate for voice in voices} == {RATE}


def test_every_part_gets_its_program_of_a_font() -> None:
    font = SinePlayer(Path("a.sf2"), RATE)
    players = [voice.player for voice in font_voices(PARTS, font, RATE)]
    assert all(isinstance(player, ProgramPlayer) and player.font is font for player in players)
    assert [(player.program, player.drums) for player in players] == [(40, False), (8, True), (33, False)]


def test_drums_alone_may_move_to_a_font() -> None:
    voices = sine_voices(PARTS, RATE)
    tune, kit, bass = with_font_drums(voices, SinePlayer(Path("a.sf2"), RATE), RATE)
    assert (tune, bass) == (voices[0], voices[2])
    assert isinstance(kit.player, ProgramPlayer)
    assert (kit.player.program, kit.player.drums, kit.part) == (8, True, PARTS[1])


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
def test_supported_sample_rates(rate: int) -> None:
    assert check_sample_rate(rate) == rate


@pytest.mark.parametrize("rate", [-1, 0, 7_999, 192_001])
def test_other_rates_are_refused(rate: int) -> None:
    with pytest.raises(AudioError, match=rf"{rate} Hz is no sample rate .* from 8000 to 192000 Hz, as 44100"):
        check_sample_rate(rate)

"""Choice between the two players of sound fonts."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from symvae.audio.soundfont import HOW_TO_GET_A_PLAYER, FontPlayer, TinySoundFont
from symvae.errors import AudioError

PLAYERS = ("auto", "tinysoundfont", "fluidsynth")


def font_player(font: Path, sample_rate: int, player: str = "auto") -> FontPlayer:
    """Open a sound font.

    Args:
        font: Path of the font.
        sample_rate: Hz.
        player: "tinysoundfont", "fluidsynth", or "auto": tinysoundfont where it is installed, else
            FluidSynth.

    Returns:
        The player.

    Raises:
        AudioError: For an unknown player, and where none is installed.
    """
    if player not in PLAYERS:
        raise AudioError(f"There is no player {player!r}. Known: {', '.join(PLAYERS)}.")
    if player == "auto":
        player = _installed()
    if player == "tinysoundfont":
        return TinySoundFont(font, sample_rate)
    # Imported on demand: it imports MIDI libraries and scipy.
    from symvae.audio.fluidsynth import FluidSynth

    return FluidSynth(font, sample_rate)


def _installed() -> str:
    if find_spec("tinysoundfont") is not None:
        return "tinysoundfont"
    if shutil.which("fluidsynth") is not None:
        return "fluidsynth"
    raise AudioError(f"Sound fonts need a player, and none is installed. {HOW_TO_GET_A_PLAYER}")

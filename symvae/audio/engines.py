"""Sound engines beside the neural one: sound fonts and sines. Parts → voices."""

from collections.abc import Sequence

from symvae.audio.kit import Kit, KitPlayer
from symvae.audio.parts import Part
from symvae.audio.player import DrumPlayer, ProgramPlayer, SinePlayer
from symvae.audio.render import Voice
from symvae.audio.soundfont import FontPlayer
from symvae.errors import AudioError

ENGINES = ("neural", "soundfont", "sine")
#: Live play may leave the sound to others.
NONE = "none"
LIVE_ENGINES = (*ENGINES, NONE)
#: Whole songs are played by single lines, too, which look at the notes of a part as a whole.
DDSP = "ddsp"
RENDER_ENGINES = (*ENGINES, DDSP)
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8_000, 192_000


def sine_voices(parts: Sequence[Part], sample_rate: int) -> list[Voice]:
    """Sines for pitched parts, noise bursts for drums."""
    return [
        Voice(part, DrumPlayer(sample_rate) if part.is_drum else SinePlayer(sample_rate)) for part in parts
    ]


def font_voices(parts: Sequence[Part], font: FontPlayer, sample_rate: int) -> list[Voice]:
    """Play every part on its program of a sound font, drums on its kit.

    Args:
        parts: Parts of a song.
        font: The sound font's player.
        sample_rate: Hz.

    Returns:
        A voice for each part.
    """
    return [Voice(part, ProgramPlayer(font, part.program, sample_rate, drums=part.is_drum)) for part in parts]


def with_font_drums(voices: Sequence[Voice], font: FontPlayer, sample_rate: int) -> list[Voice]:
    """Move the drums to a sound font's kit.

    Args:
        voices: Voices of all parts.
        font: The sound font's player.
        sample_rate: Hz.

    Returns:
        The voices, those of pitched parts unchanged.
    """
    return [
        Voice(part, ProgramPlayer(font, part.program, sample_rate, drums=True)) if part.is_drum else voice
        for voice in voices
        for part in [voice.part]
    ]


def with_kit_drums(voices: Sequence[Voice], kit: Kit, sample_rate: int) -> list[Voice]:
    """Move the drums to the sounds of a kit.

    Args:
        voices: Voices of all parts.
        kit: The sounds.
        sample_rate: Hz.

    Returns:
        The voices, those of pitched parts unchanged.
    """
    return [
        Voice(voice.part, KitPlayer(kit, sample_rate)) if voice.part.is_drum else voice for voice in voices
    ]


def check_sample_rate(sample_rate: int) -> int:
    """Return a sample rate that players support.

    Raises:
        AudioError: For a rate out of range.
    """
    if not LOWEST_RATE_HZ <= sample_rate <= HIGHEST_RATE_HZ:
        raise AudioError(
            f"{sample_rate} Hz is no sample rate to play at. "
            f"Choose one from {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz, as 44100."
        )
    return sample_rate

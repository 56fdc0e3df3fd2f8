"""Engines beside the neural one: a sound font's own samples, and plain tones. Parts → voices."""

from collections.abc import Sequence

from symvae.audio.parts import Part
from symvae.audio.player import DrumPlayer, ProgramPlayer, SinePlayer
from symvae.audio.render import Voice
from symvae.audio.soundfont import FontPlayer
from symvae.errors import AudioError

ENGINES = ("neural", "soundfont", "sine")
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8_000, 192_000


def sine_voices(parts: Sequence[Part], sample_rate: int) -> list[Voice]:
    """Plain tones, and bursts of noise for drums."""
    return [
        Voice(part, DrumPlayer(sample_rate) if part.is_drum else SinePlayer(sample_rate)) for part in parts
    ]


def font_voices(parts: Sequence[Part], font: FontPlayer, sample_rate: int) -> list[Voice]:
    """Every part on its own program of a sound font, the drums on its kit."""
    return [Voice(part, ProgramPlayer(font, part.program, sample_rate, drums=part.is_drum)) for part in parts]


def with_font_drums(voices: Sequence[Voice], font: FontPlayer, sample_rate: int) -> list[Voice]:
    """The same voices, but drums on a sound font's kit."""
    return [
        Voice(part, ProgramPlayer(font, part.program, sample_rate, drums=True)) if part.is_drum else voice
        for voice in voices
        for part in [voice.part]
    ]


def check_sample_rate(sample_rate: int) -> int:
    """The rate, if it is one that sound is played at; else `AudioError`."""
    if not LOWEST_RATE_HZ <= sample_rate <= HIGHEST_RATE_HZ:
        raise AudioError(
            f"{sample_rate} Hz is no sample rate to play at. "
            f"Choose one from {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz, as 44100."
        )
    return sample_rate

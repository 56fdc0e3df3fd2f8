"""The reference synthesizer: samples of sound fonts, with sample-exact timing.

Two players read fonts: tinysoundfont (a small library, in this process) and FluidSynth (its command,
`symvae.audio.fluidsynth`). Neither they nor any font come with symvae; error messages say how to get them.
Reverb and chorus are off: timbres are learned dry.
"""

import math
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from symvae.audio.notes import Notes
from symvae.errors import AudioError

#: Folders of fonts on common systems; the environment variable ``SYMVAE_SOUNDFONT`` (a file) takes
#: precedence.
FOLDERS = (
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/usr/share/soundfonts",
    "/usr/local/share/soundfonts",
    "$HOMEBREW_PREFIX/share/soundfonts",
    "~/.local/share/soundfonts",
    "~/Library/Audio/Sounds/Banks",
)
HOW_TO_GET_A_FONT = (
    "Give one with --soundfont FILE.sf2 (--font FILE.sf2 where one is learned or measured), or install one "
    "(Debian, Ubuntu: apt install fluid-soundfont-gm)."
)
HOW_TO_GET_A_PLAYER = "Install one: pip install --no-deps tinysoundfont, or apt install fluidsynth."
#: Level of the players, so that a few loud notes together stay below full scale.
GAIN_DB = -6.0
#: Bank of drum kits.
DRUM_BANK = 128
_FLUSH_SEC = 0.1
#: Share of the other channel's power below which a channel does not stand for both.
_SOFT_SIDE = 0.1


@runtime_checkable
class FontPlayer(Protocol):
    """Player of a sound font: notes on one program → stereo samples."""

    def __hash__(self) -> int:
        """Players are told apart by identity, so that what is measured on one is measured once."""

    def play(
        self, notes: Notes, program: int, samples: int, *, drums: bool = False
    ) -> Float[np.ndarray, "2 sample"]:
        """Synthesize a part in one piece.

        Args:
            notes: Notes of the part.
            program: General MIDI program from 0, or the number of a drum kit.
            samples: Length of the sound.
            drums: Play the drum kit ``program``.

        Returns:
            Stereo samples from time 0.
        """

    def stream(
        self, notes: Notes, program: int, samples: int, block: int, *, drums: bool = False
    ) -> Iterator[Float[np.ndarray, "2 sample"]]:
        """Synthesize a part in blocks.

        Args:
            notes: Notes of the part.
            program: General MIDI program from 0, or the number of a drum kit.
            samples: Length of the sound.
            block: Length of each block but the last.
            drums: Play the drum kit ``program``.

        Yields:
            Stereo samples from time 0.
        """


def find_soundfont(given: str | Path | None = None) -> Path:
    """Find a sound font: ``given``, ``SYMVAE_SOUNDFONT``, or the first of this computer.

    Raises:
        AudioError: Where there is none; the message says how to get one.
    """
    chosen = given or os.environ.get("SYMVAE_SOUNDFONT")
    if chosen:
        path = Path(chosen).expanduser()
        if not path.is_file():
            raise AudioError(f"There is no sound font {path}. {HOW_TO_GET_A_FONT}")
        return path
    for path in _fonts():
        return path
    raise AudioError(f"No sound font was found on this machine. {HOW_TO_GET_A_FONT}")


def kit_of(font: Path, kit: int) -> int:
    """Number of the kit that plays ``kit``: the kit itself, or the standard kit where the font lacks it."""
    kits = {program for bank, program in presets(font) if bank == DRUM_BANK}
    return kit if kit in kits or not kits else min(kits)


@lru_cache(maxsize=8)
def presets(font: Path) -> frozenset[tuple[int, int]]:
    """Read bank and program of all presets from a font's headers; an empty set for other files.

    The list is in the last of three chunks, in rows of 38 bytes, the last of which is a terminator (SoundFont
    Technical Specification 2.04, section 7.2).
    """
    found: set[tuple[int, int]] = set()
    with suppress(OSError, struct.error), font.open("rb") as file:
        file.seek(12)  # RIFF, its size, sfbk
        while head := file.read(8):
            name, size = struct.unpack("<4sI", head)
            if name == b"phdr":
                rows = struct.iter_unpack("<20xHH14x", file.read(size // 38 * 38))
                found |= {(bank, program) for program, bank in list(rows)[:-1]}
            elif name == b"LIST" and file.read(4) == b"pdta":
                continue  # its sub-chunks follow
            else:
                file.seek(size + size % 2 - 4 * (name == b"LIST"), os.SEEK_CUR)
    return frozenset(found)


def _fonts() -> Iterator[Path]:
    for place in FOLDERS:
        folder = Path(os.path.expandvars(place)).expanduser()
        if folder.is_dir():
            # A link such as default-GM.sf2 refers to a font that is there under its own name, too.
            yield from sorted(
                path
                for path in folder.iterdir()
                if path.suffix.lower() in (".sf2", ".sf3") and not path.is_symlink()
            )


def one_channel(stereo: Float[np.ndarray, "2 sample"]) -> Float[np.ndarray, " sample"]:
    """One channel of a font's sound, at the level of both.

    The two are often two microphones. In their sum partials would cancel that both of them hear.

    Args:
        stereo: Left and right.

    Returns:
        The left channel, or the right one where the left is much softer; its power is the mean of both.
    """
    power = np.square(stereo, dtype=np.float64).sum(1)
    chosen = int(power[0] < _SOFT_SIDE * power[1])
    level = math.sqrt(power.mean() / power[chosen]) if power[chosen] else 1.0
    return (level * stereo[chosen]).astype(np.float32)


class TinySoundFont:
    """A sound font in memory, played by tinysoundfont."""

    def __init__(self, font: Path, sample_rate: int) -> None:
        self.font = font
        self.sample_rate = sample_rate

    @cached_property
    def _player(self) -> tuple[Any, int]:
        try:
            import tinysoundfont
        except ImportError as fault:
            raise AudioError(
                f"Sound fonts need a player, and tinysoundfont is not installed. {HOW_TO_GET_A_PLAYER}"
            ) from fault
        synth = tinysoundfont.Synth(gain=GAIN_DB, samplerate=self.sample_rate)
        try:
            return synth, synth.sfload(str(self.font))
        except Exception as fault:  # the library raises various types
            raise AudioError(
                f"{self.font} cannot be read as a sound font ({fault}). {HOW_TO_GET_A_FONT}"
            ) from fault

    def play(
        self, notes: Notes, program: int, samples: int, *, drums: bool = False
    ) -> Float[np.ndarray, "2 sample"]:
        """Synthesize a part in one piece; as `FontPlayer.play`.

        Args:
            notes: Notes of the part.
            program: General MIDI program from 0, or the number of a drum kit.
            samples: Length of the sound.
            drums: Play the drum kit ``program``.

        Returns:
            Stereo samples from time 0.
        """
        blocks = list(self.stream(notes, program, samples, max(samples, 1), drums=drums))
        return np.concatenate([np.zeros((2, 0), np.float32), *blocks], 1)

    def stream(
        self, notes: Notes, program: int, samples: int, block: int, *, drums: bool = False
    ) -> Iterator[Float[np.ndarray, "2 sample"]]:
        """Synthesize a part in blocks, one part at a time.

        Args:
            notes: Notes of the part.
            program: General MIDI program from 0, or the number of a drum kit.
            samples: Length of the sound.
            block: Length of each block but the last.
            drums: Play the drum kit ``program``.

        Yields:
            Stereo samples from time 0.

        Raises:
            AudioError: Where the font lacks the program.
        """
        synth, font = self._player
        channel = 9 if drums else 0
        bank, program = (DRUM_BANK, kit_of(self.font, program)) if drums else (0, program)
        synth.sounds_off()
        synth.generate(round(_FLUSH_SEC * self.sample_rate))  # the tail of the previous part
        try:
            synth.program_select(channel, font, bank, program)
        except Exception as fault:
            kind = "set of drums" if drums else "program"
            raise AudioError(f"{self.font.name} has no {kind} {program}. {HOW_TO_GET_A_FONT}") from fault
        events, now = _events(notes, self.sample_rate), 0
        due = 0
        for first in range(0, samples, block):
            end, pieces = min(first + block, samples), []
            while due < len(events) and events[due][0] < end:
                at, on, pitch, velocity = events[due]
                due += 1
                if at > now:
                    pieces.append(self._generate(at - now))
                    now = at
                if on:
                    synth.noteon(channel, pitch, velocity)
                else:
                    synth.noteoff(channel, pitch)
            if end > now:
                pieces.append(self._generate(end - now))
                now = end
            yield np.ascontiguousarray(np.concatenate(pieces).T)

    def _generate(self, samples: int) -> Float[np.ndarray, "sample 2"]:
        synth, _ = self._player
        return np.frombuffer(synth.generate(samples), np.float32).reshape(-1, 2).copy()


def _events(notes: Notes, sample_rate: int) -> list[tuple[int, int, int, int]]:
    """Note events in order: sample, 1 for on, pitch, velocity. Offs come before ons."""
    on = np.rint(notes.onset_sec * sample_rate).astype(np.int64)
    off = np.maximum(np.rint(notes.end_sec * sample_rate).astype(np.int64), on + 1)
    rows = [(int(a), 1, int(p), int(v)) for a, p, v in zip(on, notes.pitch, notes.velocity, strict=True)]
    rows += [(int(b), 0, int(p), 0) for b, p in zip(off, notes.pitch, strict=True)]
    return sorted(rows)

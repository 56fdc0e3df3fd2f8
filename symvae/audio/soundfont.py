"""The reference renderer: a sound font's samples, played sample-exactly.

Two players read fonts: tinysoundfont (a small library, in one process) and FluidSynth (its command,
`symvae.audio.fluidsynth`). Neither comes with symvae, and no font does; the messages say how to get them.
No reverb and no chorus: a voice is learned dry.
"""

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

#: Where systems keep fonts; ``SYMVAE_SOUNDFONT`` (a file) comes before all of them.
PLACES = (
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/usr/share/soundfonts",
    "/usr/local/share/soundfonts",
    "/opt/homebrew/share/soundfonts",
    "~/.local/share/soundfonts",
    "~/Library/Audio/Sounds/Banks",
)
HOW_TO_GET_A_FONT = (
    "Give one with --soundfont FILE.sf2, or install one (Debian, Ubuntu: apt install fluid-soundfont-gm)."
)
HOW_TO_GET_A_PLAYER = "Install one: pip install --no-deps tinysoundfont, or apt install fluidsynth."
#: The level of the players, so that a few loud notes together stay under full scale.
GAIN_DB = -6.0
#: Where fonts keep drum kits.
DRUM_BANK = 128
_FLUSH_SEC = 0.1


@runtime_checkable
class FontPlayer(Protocol):
    """Notes on one program of a sound font → stereo samples."""

    def play(
        self, notes: Notes, program: int, samples: int, *, drums: bool = False
    ) -> Float[np.ndarray, "2 sample"]: ...

    def stream(
        self, notes: Notes, program: int, samples: int, block: int, *, drums: bool = False
    ) -> Iterator[Float[np.ndarray, "2 sample"]]: ...


def find_soundfont(given: str | Path | None = None) -> Path:
    """The font that the user gave, or the first on this machine; `AudioError` says how to get one."""
    asked = given or os.environ.get("SYMVAE_SOUNDFONT")
    if asked:
        path = Path(asked).expanduser()
        if not path.is_file():
            raise AudioError(f"There is no sound font {path}. {HOW_TO_GET_A_FONT}")
        return path
    for path in _fonts():
        return path
    raise AudioError(f"No sound font was found on this machine. {HOW_TO_GET_A_FONT}")


def kit_of(font: Path, kit: int) -> int:
    """Which drum kit plays ``kit``: that one, or the standard kit where the font does not have it."""
    known = {program for bank, program in presets(font) if bank == DRUM_BANK}
    return kit if kit in known or not known else min(known)


@lru_cache(maxsize=8)
def presets(font: Path) -> frozenset[tuple[int, int]]:
    """Bank and program of all that a font plays, as its headers say; none of what is no font.

    The list stands in the last of three chunks, a row of 38 bytes each, the last of which ends it
    (SoundFont Technical Specification 2.04, section 7.2).
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
                continue  # its parts come next
            else:
                file.seek(size + size % 2 - 4 * (name == b"LIST"), os.SEEK_CUR)
    return frozenset(found)


def _fonts() -> Iterator[Path]:
    for place in PLACES:
        folder = Path(place).expanduser()
        if folder.is_dir():
            # A link, as default-GM.sf2 is, names a font that stands there under its own name, too.
            yield from sorted(
                path
                for path in folder.iterdir()
                if path.suffix.lower() in (".sf2", ".sf3") and not path.is_symlink()
            )


class TinySoundFont:
    """A font in memory, played by tinysoundfont."""

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
        except Exception as fault:  # the library raises what it likes
            raise AudioError(
                f"{self.font} cannot be read as a sound font ({fault}). {HOW_TO_GET_A_FONT}"
            ) from fault

    def play(
        self, notes: Notes, program: int, samples: int, *, drums: bool = False
    ) -> Float[np.ndarray, "2 sample"]:
        """Exactly ``samples`` samples from the start of the notes' time."""
        blocks = list(self.stream(notes, program, samples, max(samples, 1), drums=drums))
        return np.concatenate([np.zeros((2, 0), np.float32), *blocks], 1)

    def stream(
        self, notes: Notes, program: int, samples: int, block: int, *, drums: bool = False
    ) -> Iterator[Float[np.ndarray, "2 sample"]]:
        """The same in blocks of ``block`` samples. The player plays one part at a time."""
        synth, font = self._player
        channel = 9 if drums else 0
        bank, program = (DRUM_BANK, kit_of(self.font, program)) if drums else (0, program)
        synth.sounds_off()
        synth.generate(round(_FLUSH_SEC * self.sample_rate))  # what the part before it left ringing
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
    """Keys up and down by sample: sample, 1 for down, pitch, velocity. Up comes before down."""
    on = np.rint(notes.onset_sec * sample_rate).astype(np.int64)
    off = np.maximum(np.rint(notes.end_sec * sample_rate).astype(np.int64), on + 1)
    rows = [(int(a), 1, int(p), int(v)) for a, p, v in zip(on, notes.pitch, notes.velocity, strict=True)]
    rows += [(int(b), 0, int(p), 0) for b, p in zip(off, notes.pitch, strict=True)]
    return sorted(rows)

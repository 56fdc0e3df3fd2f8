"""The kit that plays the drums of a song: a folder of sounds, or one that a drum machine draws."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from symvae.audio.kit import Kit, Layers, read_kit
from symvae.audio.one_shot import SAMPLE_RATE, SAMPLES
from symvae.errors import ConfigError
from symvae.system.drum_machine import DEFAULT_DRUM_MACHINE, DrumMachine
from symvae.system.drum_strokes import strokes

#: Word that names a kit of a drum machine; its seed may follow after a colon.
NEURAL = "neural"
#: A seed has fewer digits.
_DIGITS = 19


class DrawnSounds(Mapping[str, Layers]):
    """Sounds of a drum machine, drawn when a song needs them.

    Args:
        machine: The drum machine.
        seed: The same seed gives the same kit.
    """

    def __init__(self, machine: DrumMachine, seed: int) -> None:
        self.machine, self.seed = machine, seed
        self._strokes = lru_cache(maxsize=None)(lambda drum: strokes(machine, drum, seed=seed))

    def __getitem__(self, drum: str) -> Layers:
        if drum not in self.machine.drums:
            raise KeyError(drum)
        return self._strokes(drum)

    def __iter__(self) -> Iterator[str]:
        return iter(self.machine.drums)

    def __len__(self) -> int:
        return len(self.machine.drums)


def open_kit(kit: str | Path, machine: str | Path | None = None) -> Kit:
    """Open a folder of drum sounds, or a kit of a drum machine.

    Args:
        kit: A folder, or "neural" or "neural:SEED".
        machine: Name or folder of the drum machine; None for the default one.

    Returns:
        The kit.

    Raises:
        AudioError: The folder is missing or holds no sounds of drums.
        CheckpointError: There is no such drum machine.
        ConfigError: The seed is no whole number in range.
    """
    word, colon, seed = str(kit).partition(":")
    if word != NEURAL:
        return read_kit(kit)
    if colon and not (seed.isdecimal() and len(seed) < _DIGITS):
        raise ConfigError(f"{str(kit)!r} has no seed. Write a whole number after the colon, as neural:7.")
    sounds = DrawnSounds(DrumMachine.load(machine or DEFAULT_DRUM_MACHINE), int(seed or 0))
    return Kit(str(kit), sounds, SAMPLES / SAMPLE_RATE)

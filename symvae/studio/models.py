"""Models of the studio, each loaded when a page first needs it, and once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from threading import RLock
from typing import Generic, TypeVar

from symvae.pipelines.drum_loop import LoopModels
from symvae.pipelines.drum_pads import PadMachine
from symvae.pipelines.note_samples import NoteSamples
from symvae.system.drum_machine import DEFAULT_DRUM_MACHINE, DrumMachine
from symvae.system.genie import DEFAULT_GENIE, Genie
from symvae.system.groove import DEFAULT_GROOVE, Groove
from symvae.system.symvae import SymVAE
from symvae.system.synth import DEFAULT_SYNTH, Synth, load_synth

#: Timbres whose notes are kept; all keys of one take 25 MB.
TIMBRES_KEPT = 4

Made = TypeVar("Made")


class Once(Generic[Made]):
    """A value that is made at the first call, also if several threads ask at the same time.

    Args:
        make: Makes it.
    """

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make, self._lock = make, RLock()
        self._made: list[Made] = []

    def __call__(self) -> Made:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


@dataclass(frozen=True)
class Names:
    """Names or folders of the models."""

    genie: str | Path = DEFAULT_GENIE
    synth: str | Path = DEFAULT_SYNTH
    drum_machine: str | Path = DEFAULT_DRUM_MACHINE
    patterns: str | Path = "drums-2bar"
    groove: str | Path = DEFAULT_GROOVE


class Models:
    """The models.

    Args:
        names: Their names or folders.
    """

    def __init__(self, names: Names | None = None) -> None:
        self.names = names or Names()
        self.genie = Once(partial(Genie.load, self.names.genie))
        self.synth: Once[Synth] = Once(partial(load_synth, self.names.synth))
        self.machine = Once(lambda: PadMachine(DrumMachine.load(self.names.drum_machine)))
        self.loops = Once(
            lambda: LoopModels(SymVAE.load(self.names.patterns), Groove.load(self.names.groove))
        )
        self._notes = lru_cache(maxsize=TIMBRES_KEPT)(self._samples)
        self._lock = RLock()

    def notes(self, timbre: str) -> NoteSamples:
        """Notes of a timbre."""
        with self._lock:
            return self._notes(timbre)

    def _samples(self, timbre: str) -> NoteSamples:
        return NoteSamples(timbre, self.names.synth)

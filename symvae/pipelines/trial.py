"""A model tried on files, without its weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple, TypeAlias

from symvae.errors import LatentError, MidiError, SymvaeError
from symvae.music.io.source import Music, load_any, name_of
from symvae.music.song import Song
from symvae.pipelines.intake import Intake, read_ending, read_window, read_windows
from symvae.system.choice import ModelFacts, Need
from symvae.system.symvae import SymVAE

AnyModel: TypeAlias = SymVAE | str | Path


@dataclass(frozen=True)
class Source:
    """A file, or music in any other form, and the place in it that is read."""

    file: Music
    track: str | int | None = None
    bar: int | None = None
    """From 1; None for the first window, or for the end."""
    read_before: Song | None = field(default=None, repr=False, compare=False)
    """The file's song, where it has been read."""

    @property
    def name(self) -> str:
        """The file in messages."""
        return name_of(self.file)

    @cached_property
    def song(self) -> Song:
        """The file's song."""
        return load_any(self.file) if self.read_before is None else self.read_before


#: Reads the windows of a source that a verb needs, or raises `MidiError`.
Read: TypeAlias = Callable[[Source, ModelFacts], Intake]


class Trial(NamedTuple):
    """Windows that a model reads of some files, or its faults."""

    intakes: list[Intake]
    """One for each file; empty where there are errors."""
    errors: list[SymvaeError]


def every_window(source: Source, model: ModelFacts) -> Intake:
    """Read all windows of a source.

    Args:
        source: The file and its track.
        model: Model whose windows are read.

    Returns:
        The windows, end to end.
    """
    return read_windows(source.name, model, source.track, song=source.song)


def one_window(source: Source, model: ModelFacts) -> Intake:
    """Read the window of a source that starts at its bar.

    Args:
        source: The file, its track and bar.
        model: Model whose window is read.

    Returns:
        One window.
    """
    return read_window(source.name, model, source.track, source.bar, song=source.song)


def last_bars(source: Source, model: ModelFacts) -> Intake:
    """Read the bars of a source that a model continues, up to its bar.

    Args:
        source: The file, its track and last bar.
        model: Model that continues them.

    Returns:
        One phrase.
    """
    return read_ending(source.name, model, source.track, source.bar, song=source.song)


def read_once(read: Read) -> Read:
    """Make a reader that reads each source once for each model.

    Args:
        read: Reads a source.

    Returns:
        A reader that repeats the first result, or the first error.
    """

    @cache
    def outcome(source: Source, model: ModelFacts) -> Callable[[], Intake]:
        try:
            intake = read(source, model)
        except SymvaeError as error:
            raised = error

            def repeat() -> Intake:
                raise raised

            return repeat
        return lambda: intake

    return lambda source, model: outcome(source, model)()


def attempt(need: Need, model: ModelFacts, sources: Sequence[Source], read: Read) -> Trial:
    """Try a model on files.

    Args:
        need: What the verb needs of a model.
        model: The model.
        sources: The files.
        read: Reads what the verb needs of a source.

    Returns:
        Its windows, or its faults.
    """
    if fault := need.fault(model):
        return Trial([], [LatentError(fault)])
    intakes: list[Intake] = []
    errors: list[SymvaeError] = []
    for source in sources:
        try:
            intakes.append(read(source, model))
        except MidiError as error:
            errors.append(error)
    return Trial([] if errors else intakes, errors)

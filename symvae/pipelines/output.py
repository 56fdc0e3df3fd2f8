"""Where a verb's music goes: planned before the work starts, so that nothing is overwritten by surprise.

One folder holds a music file for each result, one file with all of them in a row and, if asked for, a
piano-roll picture and the sound of that row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import W_OK, access
from pathlib import Path
from typing import TYPE_CHECKING

from symvae.cli.console import counted, say
from symvae.cli.options import one_of
from symvae.errors import SymvaeError

if TYPE_CHECKING:
    from symvae.music.phrase import Phrase

#: What music can be written as: the endings of files.
FORMATS = ("mid", "musicxml", "abc")


@dataclass(frozen=True)
class Output:
    """The files of one result folder: ``each`` names a file a result, ``row`` the file with all."""

    folder: Path
    each: tuple[str, ...]
    row: str
    format: str = "mid"
    plot: bool = False
    wav: bool = False
    program: int = 0
    force: bool = False
    columns: int = 1
    """Panels side by side in the picture."""

    @property
    def paths(self) -> list[Path]:
        """Every file that `write` writes."""
        suffixes = [self.format] + ["png"] * self.plot + ["wav"] * self.wav
        each = [self.folder / f"{name}.{self.format}" for name in self.each]
        return each + [self.folder / f"{self.row}.{suffix}" for suffix in suffixes]

    def check(self) -> "Output":
        """Refuse before any work what could not be written after it."""
        one_of(self.format, FORMATS, "--format")
        refuse_existing(self.paths, self.force)
        if self.plot:
            from symvae.plot.piano_roll import MOST_PANELS

            if len(self.each) > MOST_PANELS:
                raise SymvaeError(
                    f"{len(self.each)} results are too many for one picture (at most {MOST_PANELS}). "
                    "Leave out --plot, or ask for fewer."
                )
        return self

    def write(
        self, phrases: Sequence["Phrase"], titles: Sequence[str], row: Sequence["Phrase"] | None = None
    ) -> list[Path]:
        """Write all files and name them. ``titles`` stand in the picture; ``row`` is what follows what."""
        from symvae.music.io.files import write

        row = phrases if row is None else row
        left = self.left_over()
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, phrase in zip(self.each, phrases, strict=True):
            write(phrase, self.folder / f"{name}.{self.format}", self.program, force=self.force)
        write(row, self.folder / f"{self.row}.{self.format}", self.program, force=self.force)
        if self.plot:
            from symvae.plot.piano_roll import piano_roll

            picture = self.folder / f"{self.row}.png"
            piano_roll(phrases, picture, titles, columns=self.columns, force=self.force)
        if self.wav:
            from symvae.system.synth import Synth

            synth = Synth.load()
            sound = synth.perform(row, synth.timbre_for(self.program)[0])
            sound.write(sound.mixture, self.folder / f"{self.row}.wav", force=self.force)
        if left:
            some = ", ".join(path.name for path in left[:3]) + (", …" if len(left) > 3 else "")
            say(
                f"{self.folder} still holds {counted(len(left), 'file')} of an earlier call ({some}). "
                "Delete what you do not need, or choose another --out."
            )
        return self.paths

    def left_over(self) -> list[Path]:
        """Files of this verb in the folder that `write` does not replace, as step-9 after --steps 4."""
        if not self.folder.is_dir():
            return []
        each = re.sub(r"\d+", r"\\d+", re.escape(self.each[0]))
        ours = re.compile(rf"({each}|{re.escape(self.row)})\.({'|'.join((*FORMATS, 'png', 'wav'))})")
        written = set(self.paths)
        return sorted(
            path for path in self.folder.iterdir() if ours.fullmatch(path.name) and path not in written
        )


def refuse_existing(paths: Sequence[Path], force: bool, named: str = "--out") -> None:
    """Raise unless every path is free, or ``force`` allows to overwrite, and its folder can be written.

    ``named`` is what the user names the place by.
    """
    for path in paths:
        if path.is_dir():
            raise SymvaeError(f"{path} is a folder. Choose the name of a file.")
    taken = [path for path in paths if path.exists()]
    if taken and not force:
        more = f" (and {len(taken) - 1} more)" if len(taken) > 1 else ""
        raise SymvaeError(f"{taken[0]} exists{more}. Add --force to overwrite, or choose another {named}.")
    for folder in dict.fromkeys(path.parent for path in paths):
        there = next(place for place in (folder, *folder.parents) if place.exists())
        if not access(there, W_OK):
            raise SymvaeError(f"{there} is not yours to write in. Choose another {named}.")


def numbered(word: str, count: int) -> tuple[str, ...]:
    """``step-01 … step-12``: names that sort as they count."""
    width = len(str(count))
    return tuple(f"{word}-{number:0{width}d}" for number in range(1, count + 1))

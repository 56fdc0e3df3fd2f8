"""Result files of a verb, planned before the work starts so that nothing is overwritten by surprise.

One folder holds a music file for each result, one file with all results in a row and, on request, a piano
roll and the sound of that row. In place of a folder a file can be named: the row as music, picture or sound,
by its suffix, and nothing else.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from os import W_OK, access
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

from symvae.audio.limits import MINUTES, check_length
from symvae.errors import ConfigError, SymvaeError
from symvae.pipelines.unread import Unread
from symvae.pipelines.words import counted
from symvae.storage.whole_file import is_stream, make_folder

if TYPE_CHECKING:
    from symvae.music.arrangement import AnyPhrase

#: Formats of music files, by their suffix.
FORMATS = ("mid", "musicxml", "abc")
#: Suffixes of results that are one file and no folder.
MUSIC, PICTURES, SOUND = (
    (".mid", ".midi", ".kar", ".musicxml", ".mxl", ".xml", ".abc"),
    (".png", ".pdf", ".svg"),
    ".wav",
)

#: Suffixes of files that a user might ask for in vain; any other one is part of a folder's name.
NOT_WRITTEN = (
    ".mp3",
    ".ogg",
    ".opus",
    ".flac",
    ".m4a",
    ".aac",
    ".aif",
    ".aiff",
    ".jpg",
    ".jpeg",
    ".gif",
    ".webp",
)

#: Draws all results into the file ``path``, replacing it with ``force``.
Draw: TypeAlias = Callable[..., object]


class Saved(NamedTuple):
    """Files that a pipeline wrote."""

    files: tuple[Path, ...] = ()
    notices: tuple[str, ...] = ()
    """Sentences about the files that a user should read."""
    unread: tuple[Unread, ...] = ()
    """Files that could not be read, where others were."""

    @property
    def names(self) -> list[str]:
        """The files as plain text."""
        return [str(path) for path in self.files]


@runtime_checkable
class Result(Protocol):
    """Result of a pipeline: its report in two forms, and the files."""

    @property
    def saved(self) -> Saved:
        """Files that were written; empty if all stayed in memory."""

    def data(self) -> dict[str, Any]:
        """The report as plain data."""

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""


@dataclass(frozen=True)
class Output:
    """Settings of the result files; without a place the results stay in memory."""

    place: Path | None = None
    """Folder of all files, or by its suffix one file with the results in a row."""
    format: str = "mid"
    """Format of the music files, one of `FORMATS`."""
    plot: bool = False
    """Draw a piano roll (PNG), too."""
    wav: bool = False
    """Render the sound (WAV), too."""
    max_minutes: int | float = MINUTES.most
    """Longest sound that is rendered."""
    program: int | None = None
    """General MIDI program of the music files, 0 to 127; None keeps that of the source."""
    force: bool = False
    """Overwrite existing files."""

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ConfigError(f"{self.format!r} is not a format of music files. Use {', '.join(FORMATS)}.")

    @property
    def is_file(self) -> bool:
        """True if the place is one file."""
        return self.place is not None and is_result_file(self.place)

    def plan(self, names: Sequence[str], row: str, columns: int = 1) -> "Plan":
        """Name all files and refuse, before any work, those that could not be written after it.

        Args:
            names: File name of each result, without suffix.
            row: File name for all results in a row, without suffix.
            columns: Panels side by side in the piano roll.

        Returns:
            The planned files.

        Raises:
            SymvaeError: A file exists and must not be overwritten, its folder is not writable, or there are
                too many results for one picture.
        """
        plan = Plan(self, tuple(names), row, columns)
        refuse_existing(plan.paths, self.force)
        if any(path.suffix.lower() in PICTURES for path in plan.paths):
            from symvae.plot.piano_roll import MOST_PANELS

            if len(names) > MOST_PANELS:
                raise SymvaeError(
                    f"{len(names)} results are too many for one picture (at most {MOST_PANELS}). "
                    f"{'Leave out --plot' if self.plot else 'Name a .mid file'}, or ask for fewer."
                )
        return plan


#: Results that are not written.
IN_MEMORY = Output()


@dataclass(frozen=True)
class Plan:
    """Planned files of one result folder."""

    output: Output
    names: tuple[str, ...]
    row: str
    columns: int = 1

    @property
    def paths(self) -> list[Path]:
        """Every file that `write` writes."""
        return [path for path, _ in self._each] + self._rows

    @property
    def _each(self) -> list[tuple[Path, str]]:
        """File of each single result, with its name; none where the place is a file."""
        out = self.output
        if out.place is None or out.is_file:
            return []
        return [(out.place / f"{name}.{out.format}", name) for name in self.names]

    @property
    def _rows(self) -> list[Path]:
        """Files of all results in a row: music, picture and sound."""
        out = self.output
        if out.place is None:
            return []
        first = out.place if out.is_file else out.place / f"{self.row}.{out.format}"
        more = [".png"] * out.plot + [".wav"] * out.wav
        return list(dict.fromkeys([first, *(first.with_suffix(suffix) for suffix in more)]))

    def write(
        self,
        phrases: Sequence["AnyPhrase"],
        titles: Sequence[str],
        row: Sequence["AnyPhrase"] | None = None,
        *,
        program: int = 0,
        draw: Draw | None = None,
    ) -> Saved:
        """Write all files.

        Args:
            phrases: One phrase for each planned name.
            titles: Titles of the phrases in the piano roll.
            row: Phrases of the file with all results, if they differ from ``phrases``.
            program: General MIDI program of the source, for files that are to keep it.
            draw: Draws the picture; by default the piano roll of all results.

        Returns:
            The files, with a notice of files that an earlier call left in the folder.

        Raises:
            AudioError: The sound of all results is longer than is rendered; nothing is written.
        """
        from symvae.music.io.files import write

        out = self.output
        if out.place is None:
            return Saved()
        row = phrases if row is None else row
        program = program if out.program is None else out.program
        if any(path.suffix.lower() == SOUND for path in self._rows):
            check_length(sum(phrase.duration_sec for phrase in row), out.max_minutes)
        leftovers = self.leftovers()
        make_folder(out.place.parent if out.is_file else out.place)
        for (path, _), phrase in zip(self._each, phrases, strict=not out.is_file):
            write(phrase, path, program, force=out.force)
        for path in self._rows:
            suffix = path.suffix.lower()
            if suffix in PICTURES:
                from symvae.plot.piano_roll import piano_roll

                draw = draw or partial(piano_roll, phrases, titles=titles, columns=self.columns)
                draw(path=path, force=out.force)
            elif suffix == SOUND:
                from symvae.system.synth import load_synth

                synth = load_synth()
                timbre = synth.timbre_for(program)[0]
                # Its length is checked above, before the tail of its last note.
                sound = synth.perform(row, timbre, max_minutes=math.inf)
                sound.write(sound.mixture, path, force=out.force)
            else:
                write(row, path, program, force=out.force)
        if not leftovers:
            return Saved(tuple(self.paths))
        some = ", ".join(path.name for path in leftovers[:3]) + (", …" if len(leftovers) > 3 else "")
        notice = (
            f"{out.place} still holds {counted(len(leftovers), 'file')} of an earlier call ({some}). "
            "Delete what you do not need, or choose another --out."
        )
        return Saved(tuple(self.paths), (notice,))

    def leftovers(self) -> list[Path]:
        """Files of this verb in the folder that `write` does not replace, as step-9 after --steps 4."""
        folder = self.output.place
        if folder is None or not folder.is_dir():
            return []
        each = re.sub(r"\d+", r"\\d+", re.escape(self.names[0]))
        ours = re.compile(rf"({each}|{re.escape(self.row)})\.({'|'.join((*FORMATS, 'png', 'wav'))})")
        written = set(self.paths)
        return sorted(path for path in folder.iterdir() if ours.fullmatch(path.name) and path not in written)


def is_result_file(path: Path) -> bool:
    """Tell by its suffix whether a place of results is one file.

    Args:
        path: The place.

    Returns:
        True for a suffix of music, of pictures or of sound; else it is a folder.

    Raises:
        ConfigError: The suffix is that of a file which symvae does not write.
    """
    suffix = path.suffix.lower()
    if suffix in NOT_WRITTEN:
        raise ConfigError(
            f"{path} would be in the format {suffix[1:]}, which symvae does not write. "
            "Name a .mid, .png or .wav file, or a folder."
        )
    return suffix in (*MUSIC, *PICTURES, SOUND)


def refuse_existing(paths: Sequence[Path], force: bool, named: str = "--out") -> None:
    """Refuse files that exist, and folders that are not writable.

    Args:
        paths: Files to be written.
        force: Allow existing files.
        named: Option by which the user names the place.

    Raises:
        SymvaeError: A path is a folder, a file exists, or its folder is not writable.
    """
    paths = [path for path in paths if not is_stream(path)]
    for path in paths:
        if path.is_dir():
            raise SymvaeError(f"{path} is a folder. Choose the name of a file.")
    existing = [path for path in paths if path.exists()]
    if existing and not force:
        more = f" (and {len(existing) - 1} more)" if len(existing) > 1 else ""
        raise SymvaeError(f"{existing[0]} exists{more}. Add --force to overwrite, or choose another {named}.")
    for folder in dict.fromkeys(path.parent for path in paths):
        nearest = next(place for place in (folder, *folder.parents) if place.exists())
        if not access(nearest, W_OK):
            raise SymvaeError(f"The folder {nearest} is not writable. Choose another {named}.")


def numbered(word: str, count: int) -> tuple[str, ...]:
    """Names that sort as they count: ``step-01`` to ``step-12``.

    Args:
        word: First part of each name.
        count: Number of names.

    Returns:
        The names.
    """
    width = len(str(count))
    return tuple(f"{word}-{number:0{width}d}" for number in range(1, count + 1))

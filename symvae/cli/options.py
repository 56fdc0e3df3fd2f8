"""Options shared by several verbs, each with one meaning everywhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from symvae.audio.limits import MINUTES
from symvae.corpus.guard.limits import LEAST_MEMORY_MIB, LEAST_SECONDS
from symvae.music.part import PARTS, Part
from symvae.pipelines.output import FORMATS, Output, is_result_file

FileArgument = Annotated[Path, typer.Argument(help="A MIDI, MusicXML or ABC file, or - for standard input.")]
FilesArgument = Annotated[
    list[Path], typer.Argument(help="MIDI, MusicXML or ABC files, folders of them, or - for standard input.")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        help="A name that `symvae models` lists, or a model folder. Default: the best one for the music.",
    ),
]
Device = Annotated[
    str, typer.Option("--device", help='Where the network computes: "cpu", "cuda", "cuda:1" or "mps".')
]
OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="Folder of the results; made if missing. Default: the verb's name. A name as s.mid, s.png or "
        "s.wav: this file only, with the results in a row.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]
Json = Annotated[bool, typer.Option("--json", help="Print the results as JSON.")]
Format = Annotated[str, typer.Option("--format", help="Format of the music files: mid, musicxml or abc.")]
Plot = Annotated[bool, typer.Option("--plot", help="Draw a piano roll (PNG), too.")]
Wav = Annotated[bool, typer.Option("--wav", help="Render the sound (WAV), too.")]
DEFAULT_MINUTES = float(MINUTES.most)
MaxMinutes = Annotated[
    float, typer.Option("--max-minutes", min=0.1, help="Longest sound that is rendered, in minutes.")
]
Program = Annotated[
    int | None,
    typer.Option(
        "--program",
        min=0,
        max=127,
        help="General MIDI program of the files, 0 to 127. Default: that of the source.",
    ),
]
TrackOption = Annotated[
    list[str] | None,
    typer.Option(
        "--track",
        help="The track to read, by name or number (see `symvae inspect`); of several files once for all, "
        "or once for each.",
    ),
]
PartOption = Annotated[
    str | None,
    typer.Option("--part", help="The part to read in place of a track: drums, all drum tracks as one kit."),
]
TuneOption = Annotated[
    str | None,
    typer.Option("--tune", help="The tune to read, by number or title, where an ABC file holds several."),
]
MaxSeconds = Annotated[
    float,
    typer.Option(
        "--max-seconds-per-file",
        min=LEAST_SECONDS,
        help="Processor time that reading one file may take, on Linux and macOS.",
    ),
]
MaxMemory = Annotated[
    int,
    typer.Option(
        "--max-memory-per-file",
        min=LEAST_MEMORY_MIB,
        help="Memory in MiB that reading one file may take, on Linux.",
    ),
]
#: The largest seed: 63 bits, which every random generator accepts.
MAX_SEED = 2**63 - 1
#: The most results of one call: each is a file, and all are in memory at once.
MAX_COUNT = 10_000
Seed = Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Same seed, same notes.")]
Temperature = Annotated[
    float,
    typer.Option(
        "--temperature", min=0.0, help="Temperature of the decoder; 0 always takes the most likely token."
    ),
]
PriorTemperature = Annotated[
    float,
    typer.Option(
        "--prior-temperature", min=0.0, help="Scale of the noise that draws from the prior start from."
    ),
]
BestOf = Annotated[
    int,
    typer.Option(
        "--best-of",
        min=1,
        max=64,
        help="Draws of each version, of which the one most typical for the prior is kept.",
    ),
]
TopP = Annotated[
    float,
    typer.Option(
        "--top-p", min=0.01, max=1.0, help="Draw among the most likely tokens that hold this share."
    ),
]


def music_in(places: Sequence[Path]) -> list[Path]:
    """The files that are named, with those of folders one by one."""
    from symvae.music.io.source import pieces

    return pieces(places)


def tune_in(music: Path, tune: str | None) -> Any:
    """The tune that was chosen of a book, or the music itself."""
    from symvae.music.io.book_tune import in_book

    return in_book(music, tune)


def tunes_in(files: Sequence[Path], tune: str | None) -> list[Any]:
    """The tune that was chosen of each book."""
    return [tune_in(file, tune) for file in files]


def one_of(word: str, allowed: Sequence[str], option: str) -> str:
    """The word, if it is an allowed value of the option; else wrong use, which names them all."""
    if word not in [str(each) for each in allowed]:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(allowed)}", param_hint=option)
    return word


def tracks_of(words: Sequence[str] | None, files: int = 1, part: str | None = None) -> list[str | int | None]:
    """Track of each of some files: a part, a number where digits were typed, else a name; None by default."""
    if part is not None:
        if words:
            raise typer.BadParameter("give a track or a part, not both", param_hint="--part")
        return [Part(one_of(part, PARTS, "--part"))] * files
    if not words:
        return [None] * files
    if len(words) not in (1, files):
        times = "once" if files == 1 else f"once, or {files} times"
        raise typer.BadParameter(f"give it {times}, not {len(words)} times", param_hint="--track")
    tracks: list[str | int | None] = [int(word) if word.isdecimal() else word for word in words]
    return tracks * (files // len(tracks))


def track_of(words: Sequence[str] | None, part: str | None = None) -> str | int | None:
    """Track of the only file."""
    return tracks_of(words, part=part)[0]


def output_of(
    out: Path | None,
    verb: str,
    format: str,
    *,
    plot: bool,
    wav: bool,
    max_minutes: float,
    program: int | None,
    force: bool,
) -> Output:
    """Settings of the result files, in the folder ``verb`` by default."""
    one_of(format, FORMATS, "--format")
    if out is not None and is_result_file(out) and format not in ("mid", out.suffix[1:].lower()):
        raise typer.BadParameter(
            f"{out} is no {format} file; leave out one of the two", param_hint="--format"
        )
    return Output(out or Path(verb), format, plot, wav, max_minutes, program, force)


def amounts_of(words: Sequence[str], shape: str) -> dict[str, float]:
    """Numbers of ``--set name=number`` by name; ``shape`` says in words what is typed."""
    amounts: dict[str, float] = {}
    for word in words:
        name, equals, number = word.partition("=")
        try:
            amount = float(number)
        except ValueError:
            equals = ""
        if not equals or not name.strip():
            raise typer.BadParameter(f"{word!r} is not {shape}", param_hint="--set")
        if name.strip() in amounts:
            raise typer.BadParameter(f"{name.strip()} is set twice; set it once", param_hint="--set")
        amounts[name.strip()] = amount
    return amounts

"""Options shared by several verbs, each with one meaning everywhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symvae.corpus.guard.limits import LEAST_MEMORY_MIB, LEAST_SECONDS
from symvae.pipelines.output import FORMATS, Output

if TYPE_CHECKING:
    from symvae.system.symvae import SymVAE

DEFAULT_MODEL = "melody-2bar"
#: Of verbs that draw bars between or after others.
LONG_MODEL = "melody-16bar-lokl"
#: Of the verb that moves faders.
FADER_MODEL = "piano-4bar-faders"

FileArgument = Annotated[Path, typer.Argument(help="A MIDI, MusicXML or ABC file.")]
FilesArgument = Annotated[list[Path], typer.Argument(help="MIDI, MusicXML or ABC files.")]
ModelOption = Annotated[
    str, typer.Option("--model", "-m", help="A name that `symvae models` lists, or a model folder.")
]
Device = Annotated[
    str, typer.Option("--device", help='Where the network computes: "cpu", "cuda", "cuda:1" or "mps".')
]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Folder of the results; made if missing. Default: the verb's name."),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]
Json = Annotated[bool, typer.Option("--json", help="Print the results as JSON.")]
Format = Annotated[str, typer.Option("--format", help="Format of the music files: mid, musicxml or abc.")]
Plot = Annotated[bool, typer.Option("--plot", help="Draw a piano roll (PNG), too.")]
Wav = Annotated[bool, typer.Option("--wav", help="Render the sound (WAV), too.")]
Program = Annotated[
    int, typer.Option("--program", min=0, max=127, help="General MIDI program of the files, 0 to 127.")
]
TrackOption = Annotated[
    str | None,
    typer.Option("--track", help="The track to read, by name or number (see `symvae inspect`)."),
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
TopP = Annotated[
    float,
    typer.Option(
        "--top-p", min=0.01, max=1.0, help="Draw among the most likely tokens that hold this share."
    ),
]


def one_of(word: str, allowed: Sequence[str], option: str) -> str:
    """The word, if it is an allowed value of the option; else wrong use, which names them all."""
    if word not in allowed:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(allowed)}", param_hint=option)
    return word


def track_of(word: str | None) -> str | int | None:
    """Number of a track if the user typed digits, else its name."""
    return int(word) if word is not None and word.isdecimal() else word


def output_of(
    out: Path | None, verb: str, format: str, *, plot: bool, wav: bool, program: int, force: bool
) -> Output:
    """Settings of the result files, in the folder ``verb`` by default."""
    one_of(format, FORMATS, "--format")
    return Output(out or Path(verb), format, plot, wav, program, force)


def load_model(name: str, device: str) -> "SymVAE":
    """Load a model to a device."""
    from symvae.system.symvae import SymVAE

    return SymVAE.load(name, device=device)

"""The options that several verbs share, each said once so that it means the same everywhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_MODEL = "melody-2bar"
#: Of the verbs that need room around the bars they draw.
LONG_MODEL = "melody-16bar-lokl"
#: Of the verb that moves faders.
FADER_MODEL = "piano-4bar-faders"

ModelOption = Annotated[
    str, typer.Option("--model", "-m", help="A name that `symvae models` lists, or a model folder.")
]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Folder for the results; made if missing. Default: the verb's name."),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")]
Json = Annotated[bool, typer.Option("--json", help="Print the results as JSON.")]
Format = Annotated[str, typer.Option("--format", help="Format of the music files: mid, musicxml or abc.")]
Plot = Annotated[bool, typer.Option("--plot", help="Write a piano-roll picture (PNG), too.")]
Wav = Annotated[bool, typer.Option("--wav", help="Write the sound (WAV), too.")]
Program = Annotated[
    int, typer.Option("--program", min=0, max=127, help="General MIDI sound of the files, 0 to 127.")
]
TrackOption = Annotated[
    str | None,
    typer.Option("--track", help="The track to read, by name or number (see `symvae inspect`)."),
]
#: The largest seed: 63 bits, which every generator of numbers takes.
MAX_SEED = 2**63 - 1
#: The most results of one call: each is a file, and all are in memory at once.
MAX_COUNT = 10_000
Seed = Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Same seed, same notes.")]
Temperature = Annotated[
    float,
    typer.Option("--temperature", min=0.0, help="How freely the decoder draws; 0 takes the likeliest token."),
]
PriorTemperature = Annotated[
    float, typer.Option("--prior-temperature", min=0.0, help="How wide the noise is that draws start from.")
]
TopP = Annotated[
    float,
    typer.Option("--top-p", min=0.01, max=1.0, help="Draw among the likeliest tokens that hold this share."),
]


def one_of(word: str, allowed: Sequence[str], option: str) -> str:
    """The word, if it is an allowed value of the option; else wrong use that names them all."""
    if word not in allowed:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(allowed)}", param_hint=option)
    return word


def track_of(word: str | None) -> str | int | None:
    """A track's number if the user typed digits, else its name."""
    return int(word) if word is not None and word.isdecimal() else word

"""Options that the verbs of grooves share."""

from pathlib import Path
from typing import Annotated

import typer

GrooveModel = Annotated[str, typer.Option("--model", "-m", help="A groove model's name or folder.")]
Style = Annotated[
    str | None,
    typer.Option("--style", help="Style of the drummer, as funk, rock, jazz, latin. Default: any."),
]
MidiOut = Annotated[
    Path | None, typer.Option("--out", "-o", help="The MIDI file to write. Default: the verb's name.")
]

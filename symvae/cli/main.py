"""The command line: one verb a file, each verb one call of a function in `symvae.pipelines`.

Nothing heavy is imported before a verb runs, so that ``symvae --help`` answers at once.
"""

import os
from collections.abc import Callable
from typing import Annotated, Any

import typer

from symvae.cli.accompany import accompany
from symvae.cli.continue_ import continue_
from symvae.cli.decode import decode
from symvae.cli.drumify import drumify
from symvae.cli.encode import encode
from symvae.cli.encode_audio import decode_audio, encode_audio
from symvae.cli.errors import DEBUG, LIMIT, GuardedGroup, open_streams
from symvae.cli.evaluate import evaluate
from symvae.cli.export_audio import export_audio
from symvae.cli.fade import fade
from symvae.cli.genie import genie
from symvae.cli.hit import hit, kit
from symvae.cli.humanize import humanize
from symvae.cli.infill import infill
from symvae.cli.inspect import inspect
from symvae.cli.interpolate import interpolate
from symvae.cli.measure import measure
from symvae.cli.models import models
from symvae.cli.plot import plot
from symvae.cli.prepare import prepare
from symvae.cli.quantize import quantize
from symvae.cli.reconstruct import reconstruct
from symvae.cli.render import render
from symvae.cli.sample import sample
from symvae.cli.shift import shift
from symvae.cli.stopping import stoppable
from symvae.cli.studio import studio
from symvae.cli.train import train
from symvae.cli.train_arousal import train_arousal
from symvae.cli.train_audio import train_audio
from symvae.cli.train_ddsp import train_ddsp
from symvae.cli.train_faders import train_faders
from symvae.cli.train_genie import train_genie
from symvae.cli.train_groove import train_groove
from symvae.cli.train_oneshot import train_oneshot
from symvae.cli.train_prior import train_prior
from symvae.cli.train_sketch import train_sketch
from symvae.cli.train_synth import train_synth
from symvae.cli.transfer import transfer
from symvae.cli.variations import variations

app = typer.Typer(
    name="symvae",
    cls=GuardedGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

PANELS: dict[str, tuple[Callable[..., Any], ...]] = {
    "Look": (models, inspect, measure, plot),
    "Play": (
        reconstruct,
        sample,
        continue_,
        infill,
        accompany,
        interpolate,
        variations,
        shift,
        fade,
        genie,
        studio,
        render,
    ),
    "Drums": (humanize, drumify, quantize, kit, hit),
    "Latents": (encode, decode),
    "Recordings": (transfer, encode_audio, decode_audio, export_audio),
    "Learn": (
        prepare,
        train,
        train_prior,
        train_faders,
        train_sketch,
        train_arousal,
        train_groove,
        train_genie,
        train_synth,
        train_ddsp,
        train_oneshot,
        train_audio,
        evaluate,
    ),
}


def name_of(verb: Callable[..., Any]) -> str:
    """Name of a verb as typed: ``continue`` for `continue_`, ``train-prior`` for `train_prior`."""
    return verb.__name__.rstrip("_").replace("_", "-")


for panel, verbs in PANELS.items():
    for verb in verbs:
        app.command(name=name_of(verb), rich_help_panel=panel)(verb)


def _version(asked: bool) -> bool:
    if asked:
        import symvae

        typer.echo(f"symvae {symvae.__version__}")
        raise typer.Exit
    return asked


@app.callback()
def main(
    debug: Annotated[
        bool, typer.Option(DEBUG, help="Show the traceback of an error; allowed anywhere.")
    ] = False,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            LIMIT, metavar="NAME=NUMBER", help="Raise a limit of docs/limits.md; allowed anywhere, and again."
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version.")
    ] = False,
) -> None:
    """A living latent space of music: MIDI in, MIDI out."""


def run() -> None:
    """Run the command that the program was started with.

    One thread, unless OMP_NUM_THREADS is set: a few rows through small recurrent layers gain nothing from
    more threads, and on a busy machine threads that wait for each other take twenty times as long.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with stoppable():
        open_streams()
        app(prog_name="symvae")

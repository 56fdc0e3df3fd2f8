"""``symvae genie``: eight buttons that play the piano, live, from a record or from the contour of a tune."""

import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from symvae.cli.console import say, show, show_json
from symvae.cli.options import MAX_SEED, Force, Json, TrackOption, track_of
from symvae.pipelines.output import refuse_existing

_END = ("q", "\x1b", "\x04")


def genie(
    model: Annotated[
        str, typer.Option("--model", "-m", help="A genie's name, or its run or model folder.")
    ] = "genie",
    replay: Annotated[
        Path | None,
        typer.Option(
            "--replay", help="Play the presses of a CSV file: time,button,event; needs no keyboard."
        ),
    ] = None,
    buttons_from: Annotated[
        Path | None, typer.Option("--buttons-from", help="Trace the contour of the melody of this file.")
    ] = None,
    record: Annotated[Path | None, typer.Option("--record", help="MIDI file of what is played.")] = None,
    key: Annotated[str | None, typer.Option("--key", help="Key to play in, as D or F# minor.")] = None,
    chords: Annotated[
        str | None,
        typer.Option("--chords", help='Chords to play on, one a bar: "C Am F G", again and again.'),
    ] = None,
    tempo: Annotated[
        float, typer.Option("--tempo", min=1, max=1000, help="Tempo of the bars of --chords.")
    ] = 120.0,
    temperature: Annotated[
        float, typer.Option("--temperature", min=0, help="0 plays the most likely note, 1 draws freely.")
    ] = 0.25,
    free: Annotated[
        bool, typer.Option("--free", help="Let the model move against the buttons where it wants to.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Seed of the notes.")] = 0,
    port: Annotated[
        str | None,
        typer.Option("--port", help="Live: MIDI output to play on, by the beginning of its name."),
    ] = None,
    track: TrackOption = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Play the piano with eight buttons: keys 1 to 8, or a s d f j k l ;, and q to stop."""
    if replay is not None and buttons_from is not None:
        raise typer.BadParameter("give one of --replay and --buttons-from")
    if record is not None:
        refuse_existing([record], force)
    from symvae.pipelines.genie_play import play, presses_of_tune, read_presses
    from symvae.system.genie import load_genie

    settings: dict[str, Any] = {
        "key": key,
        "chords": chords,
        "tempo_qpm": tempo,
        "temperature": temperature,
        "free": free,
        "seed": seed,
    }
    player = load_genie(model)
    if replay is None and buttons_from is None:
        player.start(**settings)
        notes = _live(player, port)
        say(f"{notes} notes played.")
        if record is not None and notes:
            from symvae.music.io.files import write

            write(player.song(), record, force=force)
            show(str(record))
        return
    events = read_presses(replay) if replay is not None else presses_of_tune(buttons_from, track_of(track))
    result = play(player, events, str(replay or buttons_from), **settings)
    written = [] if record is None else [result.write(record, force=force)]
    if json:
        show_json(result.report | {"files": [str(path) for path in written]})
        return
    for line in result.lines():
        show(line)
    for path in written:
        show(str(path))


def _live(player: Any, port_name: str | None) -> int:
    """Play from the keys of the terminal."""
    from symvae.music.io.ports import OutputPort
    from symvae.pipelines.genie_live import play_live

    if not sys.stdin.isatty():
        raise typer.BadParameter("live play needs a terminal; give --replay or --buttons-from")
    out = None if port_name is None else OutputPort(port_name)
    say("Keys 1 to 8, or a s d f j k l ;, play; q stops." + ("" if out else " Without --port it is silent."))
    try:
        with _single_keys() as key:
            return play_live(player, key, out)
    finally:
        if out is not None:
            out.close()


@contextmanager
def _single_keys() -> Iterator[Callable[[float], str | None]]:
    """Keys of the terminal one by one, without Enter."""
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)

    def key(wait_sec: float) -> str | None:
        if not select.select([sys.stdin], [], [], wait_sec)[0]:
            return ""
        typed = sys.stdin.read(1)
        return None if typed in _END or not typed else typed

    try:
        tty.setcbreak(sys.stdin)
        yield key
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)

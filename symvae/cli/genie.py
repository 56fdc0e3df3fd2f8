"""``symvae genie``: eight buttons that play the piano, live, from a record or from the contour of a tune."""

import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from symvae.cli.console import say, show, show_json, watching
from symvae.cli.options import MAX_SEED, Force, Json, TrackOption, one_of, track_of
from symvae.pipelines.output import refuse_existing

if TYPE_CHECKING:
    from symvae.system.genie import Genie

_END = ("q", "\x1b", "\x04")


class Sounds(NamedTuple):
    """Options of live play: instruments that play, and a keyboard that is played."""

    engine: str
    timbre: str | None
    synth: str
    soundfont: Path | None
    port: str | None
    midi_in: str | None


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
    like: Annotated[
        Path | None, typer.Option("--like", help="A song of your own whose style is followed.")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            help='Live: "neural", "soundfont", "sine" or "none". Default: neural, or none with --port.',
        ),
    ] = None,
    timbre: Annotated[
        str | None,
        typer.Option("--timbre", help="Live: timbre of the neural engine, as for `render`. Default: piano."),
    ] = None,
    synth: Annotated[
        str, typer.Option("--synth", help="Live: synthesizer of the neural engine, a name or folder.")
    ] = "synth-24k",
    soundfont: Annotated[
        Path | None, typer.Option("--soundfont", help="Live: the font for --engine soundfont.")
    ] = None,
    port: Annotated[
        str | None,
        typer.Option("--port", help="Live: MIDI output to play on, by the beginning of its name."),
    ] = None,
    midi_in: Annotated[
        str | None,
        typer.Option(
            "--midi-in",
            help="Live: MIDI keyboard whose white keys are the buttons, by the beginning of its name.",
        ),
    ] = None,
    track: TrackOption = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Play the piano with eight buttons: keys 1 to 8, or a s d f j k l ;, and q to stop."""
    if replay is not None and buttons_from is not None:
        raise typer.BadParameter("give one of --replay and --buttons-from")
    from symvae.audio.engines import LIVE_ENGINES, NONE

    live = {"--engine": engine, "--timbre": timbre, "--soundfont": soundfont, "--port": port}
    live["--midi-in"] = midi_in
    if replay is not None or buttons_from is not None:
        for option, word in live.items():
            if word is not None:
                raise typer.BadParameter(
                    "it is for live play, without --replay and --buttons-from", param_hint=option
                )
    chosen = one_of(engine or ("neural" if port is None else NONE), LIVE_ENGINES, "--engine")
    if timbre is not None and chosen != "neural":
        raise typer.BadParameter(f"the {chosen} engine has no timbre to choose", param_hint="--timbre")
    if record is not None:
        refuse_existing([record], force)
    from symvae.pipelines.genie_play import play, presses_of_tune, read_presses
    from symvae.pipelines.words import counted
    from symvae.system.genie import load_genie

    settings: dict[str, Any] = {
        "like": like,
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
        notes = _live(player, Sounds(chosen, timbre, synth, soundfont, port, midi_in))
        say(f"{counted(notes, 'note')} played.")
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


def _live(player: "Genie", sounds: Sounds) -> int:
    """Play from the keys of the terminal, and from a MIDI keyboard."""
    from symvae.audio.engines import NONE
    from symvae.music.io.ports import InputPort, OutputPort
    from symvae.pipelines.genie_live import LiveSession, MidiButtons, play_live
    from symvae.pipelines.genie_sound import LiveSound, open_sound
    from symvae.pipelines.words import counted

    typed = _at_terminal()
    if not typed and sounds.midi_in is None:
        raise typer.BadParameter("live play needs a terminal; give --replay, --buttons-from or --midi-in")
    with ExitStack() as open_ones:
        ports: list[OutputPort | LiveSound] = []
        if sounds.port is not None:
            ports.append(OutputPort(sounds.port))
            open_ones.callback(ports[-1].close)
        if sounds.engine != NONE:
            with watching("recording the first notes") as watch:
                sound = open_sound(
                    sounds.engine,
                    timbre=sounds.timbre,
                    synth=sounds.synth,
                    soundfont=sounds.soundfont,
                    watch=watch,
                )
            open_ones.callback(sound.close)
            ports.append(sound)
        session = LiveSession(player, ports)
        if sounds.midi_in is not None:
            keyboard = InputPort(sounds.midi_in, MidiButtons(session).play)
            open_ones.callback(keyboard.close)
            say(f"White keys of {keyboard.name} play, from the C of the octave of the first one.")
        key = open_ones.enter_context(_single_keys() if typed else nullcontext(_no_keys))
        say("Keys 1 to 8, or a s d f j k l ;, play; q stops." if typed else "Ctrl-C stops.")
        try:
            notes = play_live(session, key)
        except KeyboardInterrupt:  # as q: what was played is kept
            session.end()
            notes = session.notes
        if sounds.engine != NONE and sound.late:
            say(f"{counted(sound.late, 'block')} of sound came late. Close programs that compute much.")
    return notes


def _at_terminal() -> bool:
    return sys.stdin.isatty()


def _no_keys(wait_sec: float) -> str:
    time.sleep(wait_sec)
    return ""


@contextmanager
def _single_keys() -> Iterator[Callable[[float], str | None]]:
    """Keys of the terminal one by one, without Enter."""
    try:
        import termios
        import tty
    except ImportError:
        raise typer.BadParameter(
            "this system has no terminal that tells single keys; give --replay or --buttons-from"
        ) from None

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def key(wait_sec: float) -> str | None:
        if not select.select([terminal], [], [], wait_sec)[0]:
            return ""
        # Unbuffered: of two keys at once the second one must not wait in a buffer.
        typed = os.read(terminal, 1).decode("latin-1")
        return None if typed in _END or not typed else typed

    try:
        tty.setcbreak(terminal)
        yield key
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)

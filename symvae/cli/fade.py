"""``symvae fade``: a whole song with the model's faders moved, for good or bar by bar."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symvae.cli.console import show_json, show_table
from symvae.cli.options import (
    FADER_MODEL,
    Force,
    Json,
    ModelOption,
    OutFolder,
    Plot,
    TrackOption,
    Wav,
    track_of,
)
from symvae.pipelines.automation import (
    CONTROLLERS,
    Lane,
    Wish,
    bars_of,
    choose_lane,
    everywhere,
    lane_of,
    ramp,
    read_lanes,
    wish_of,
)
from symvae.pipelines.fade_report import FadeReport, number
from symvae.pipelines.intake import Taken, bar_spans, take
from symvae.pipelines.output import refuse_existing
from symvae.pipelines.playback import say_what_stands_in
from symvae.pipelines.song_fade import (
    MOST_ROWS,
    fade_versions,
    nothing_to_fade,
    phrases_in,
    put_back,
    thinned,
    versions_of,
)

if TYPE_CHECKING:
    from symvae.music.phrase import Phrase
    from symvae.music.song import Song
    from symvae.system.faders.request import Fader
    from symvae.system.symvae import SymVAE

#: What ``--from`` and ``--to`` may say beside a number, and the fader they move.
ENDS = {"low": 0.0, "high": 1.0}
AROUSAL = "arousal"
_GIVE = "--set, --arousal, --from with --to, --automation or --cc"


def fade(
    file: Annotated[Path | None, typer.Argument(help="A MIDI, MusicXML or ABC file.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="fader=value in its own unit, as note_density=6; register=+5 or -5 changes what is there; "
            "contour==-2 is a value below zero.",
        ),
    ] = None,
    arousal: Annotated[
        str | None, typer.Option("--arousal", help="The same as --set arousal=…: 0 is calm, 1 excited.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Arousal of the first phrase: low, high or 0 to 1.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Arousal of the last phrase; between them it moves evenly.")
    ] = None,
    automation: Annotated[
        Path | None,
        typer.Option(
            "--automation",
            help="A CSV file: bar, then a column for each fader; an empty cell leaves its bar alone.",
        ),
    ] = None,
    cc: Annotated[
        list[str] | None,
        typer.Option(
            "--cc",
            help="controller=fader, as 1=note_density: that controller's lane in the song sets the fader, "
            "0 to 127 over its reach.",
        ),
    ] = None,
    bars: Annotated[str | None, typer.Option("--bars", help="Fade only these bars, as 5-12.")] = None,
    hold: Annotated[
        list[str] | None,
        typer.Option(
            "--hold",
            help="A fader that stays, though it would go along with one that moves; may be repeated.",
        ),
    ] = None,
    model: ModelOption = FADER_MODEL,
    track: TrackOption = None,
    best_of: Annotated[
        int,
        typer.Option(
            "--best-of",
            min=1,
            max=64,
            help="Decode so often, the aim corrected, and take each bar from the decode that comes nearest.",
        ),
    ] = 1,
    refine: Annotated[
        bool,
        typer.Option(
            help="Make up what is still missed by exchanging a few notes for others that the model says."
        ),
    ] = True,
    list_: Annotated[bool, typer.Option("--list", help="List the model's faders; needs no file.")] = False,
    out: OutFolder = None,
    force: Force = False,
    plot: Plot = False,
    wav: Wav = False,
    program: Annotated[
        int | None,
        typer.Option(
            "--program", min=0, max=127, help="General MIDI sound of the faded part. Default: as it was."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Move a song's faders, phrase by phrase; other tracks, and bars that no phrase takes, stay as they are.

    Faders that can hardly be had apart go along with one that moves; the tempo only does with arousal.
    """
    if list_:
        _list(model, as_json=json)
        return
    if file is None:
        raise typer.BadParameter("give a file to fade, or --list", param_hint="FILE")
    settings = _settings(set_ or [], arousal)
    ends = _ends(from_, to)
    controllers = _controllers(cc or [], file)
    only = _only(bars)
    if not (settings or ends or automation or controllers):
        raise typer.BadParameter(f"nothing is asked for: give {_GIVE}")
    folder = out or Path("fade")
    paths = [folder / f"faded.{suffix}" for suffix in ["mid", *["png"] * plot, *["wav"] * wav]]
    refuse_existing(paths, force)
    table = {} if automation is None else read_lanes(automation)
    names = [*settings, *[AROUSAL] * bool(ends), *table, *controllers.values()]
    _refuse_twice(names)

    from symvae.music.bars import bar_lines
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    faders = _known(vae, names)
    taken = take(file, vae, track_of(track))
    lines = bar_lines(taken.song)
    spans = bar_spans(taken.reading)
    given = range(len(lines) - 1) if only is None else sorted(only)
    lanes = {name: everywhere(wish, given) for name, wish in settings.items()} | table
    if ends:
        lanes[AROUSAL] = ramp([span for span in spans if not only or only & set(range(*span))], *ends)
    for controller, name in controllers.items():
        lanes[name] = _controlled(file, controller, taken, lines, faders[name])
    if only is not None:
        lanes = {name: {bar: w for bar, w in lane.items() if bar in only} for name, lane in lanes.items()}
    versions = versions_of(spans, lanes)
    if not versions:
        raise nothing_to_fade(taken)
    phrases, too_full = thinned(taken, vae, versions, lines)
    faded = fade_versions(
        vae, taken, phrases, versions, lines, hold=hold or [], best_of=best_of, refine=refine
    )
    spliced = put_back(taken, vae, faded, lines, program)
    _write(paths, spliced.song, taken, vae, force=force)

    named = only if only is not None else {bar for lane in table.values() for bar in lane}
    report = FadeReport(
        vae.name,
        faders,
        taken,
        lanes,
        faded,
        too_full,
        spliced.num_cut,
        spliced.num_bends,
        _left_out(file),
        beyond=sorted(bar for bar in named if bar >= max(len(lines) - 2, spans[-1][1])),
        best_of=best_of,
        decodes_each=best_of + vae.transfers_edits,
        files=paths,
    )
    if json:
        show_json(report.data())
    else:
        report.show()


def _list(model: str, *, as_json: bool) -> None:
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    faders = _known(vae, [])
    if as_json:
        show_json({"model": vae.name, "faders": [fader._asdict() for fader in faders.values()]})
        return
    rows = [
        (each.name, each.unit, f"{each.low:.4g}", f"{each.high:.4g}", number(each.error), each.summary)
        for each in faders.values()
    ]
    heads = ("fader", "unit", "lowest", "highest", "error", "what it is")
    show_table(heads, rows, left=("unit", "what it is"))


def _known(vae: "SymVAE", names: Sequence[str]) -> dict[str, "Fader"]:
    """The model's faders; `LatentError` where it has none, or not all of the names."""
    from symvae.system.faders.request import asked_values

    faders = vae.faders
    if not faders:
        _ = vae.scales  # says that there are none, and which models have some
    asked_values(faders, dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0))
    return faders


def _settings(words: Sequence[str], arousal: str | None) -> dict[str, Wish]:
    settings: dict[str, Wish] = {}
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if name in settings:
            raise typer.BadParameter(f"{name} is set twice; set it once", param_hint="--set")
        try:
            settings[name] = wish_of(value)
        except ValueError:
            equals = ""
        if not equals or not name:
            raise typer.BadParameter(f"{word!r} is no fader=value, as register=64", param_hint="--set")
    if arousal is not None:
        try:
            wish = wish_of(arousal)
        except ValueError:
            fault = f"{arousal!r} is no number, as 0.8, and no change, as +0.2"
            raise typer.BadParameter(fault, param_hint="--arousal") from None
        _refuse_twice([*settings, AROUSAL])
        settings[AROUSAL] = wish
    return settings


def _ends(first: str | None, last: str | None) -> tuple[float, float] | None:
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise typer.BadParameter("give --from and --to, both")
    return _end(first, "--from"), _end(last, "--to")


def _end(word: str, option: str) -> float:
    try:
        return ENDS[word] if word in ENDS else float(word)
    except ValueError:
        fault = f"{word!r} is none of low, high and a number from 0 to 1"
        raise typer.BadParameter(fault, param_hint=option) from None


def _controllers(words: Sequence[str], file: Path) -> dict[int, str]:
    from symvae.music.io.files import SCORE_SUFFIXES

    controllers: dict[int, str] = {}
    for word in words:
        number, _, name = (part.strip() for part in word.partition("="))
        if not (number.isdecimal() and int(number) < CONTROLLERS and name):
            fault = (
                f"{word!r} is no controller=fader, as 1=note_density; controllers are 0 to {CONTROLLERS - 1}"
            )
            raise typer.BadParameter(fault, param_hint="--cc")
        if int(number) in controllers:
            raise typer.BadParameter(f"controller {int(number)} is given twice", param_hint="--cc")
        controllers[int(number)] = name
    if controllers and file.suffix.lower() in SCORE_SUFFIXES:
        raise typer.BadParameter(f"{file} is a score; only MIDI files have controllers", param_hint="--cc")
    return controllers


def _only(words: str | None) -> set[int] | None:
    try:
        return None if words is None else bars_of(words)
    except ValueError:
        fault = f"{words!r} names no bars; give them as 5-12, or 1-4,9"
        raise typer.BadParameter(fault, param_hint="--bars") from None


def _refuse_twice(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise typer.BadParameter(f"{twice[0]} is set in two ways; keep one among {_GIVE}")


def _controlled(file: Path, number: int, taken: Taken, lines: Sequence[int], fader: "Fader") -> Lane:
    from symvae.music.io.controllers import control_lanes

    track = taken.reading.track
    lane = choose_lane(file, number, control_lanes(file, number), None if track is None else track.name)
    return lane_of(lane, lines, fader)


def _left_out(file: Path) -> dict[str, int]:
    from symvae.music.io.dropped_events import dropped_events
    from symvae.music.io.files import SCORE_SUFFIXES

    return {} if file.suffix.lower() in SCORE_SUFFIXES else dropped_events(file)


def _write(paths: Sequence[Path], song: "Song", taken: Taken, vae: "SymVAE", *, force: bool) -> None:
    from symvae.music.io.file_bytes import write_bytes
    from symvae.music.io.midi_write import song_to_bytes

    data = song_to_bytes(song)
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    write_bytes(data, paths[0], force)
    if len(paths) == 1:
        return
    after = phrases_in(song, taken, vae)
    for path in paths[1:]:
        if path.suffix == ".png":
            _draw(path, taken, after, force=force)
        else:
            from symvae.system.synth import Synth

            synth = Synth.load()
            say_what_stands_in(synth, song)
            sound = synth.perform(song)
            sound.write(sound.mixture, path, force=force)


def _draw(path: Path, taken: Taken, after: Sequence["Phrase"], *, force: bool) -> None:
    """Before on the left, after on the right."""
    from symvae.plot.piano_roll import piano_roll

    rows = list(zip(taken.phrases, after, taken.titles, strict=True))[:MOST_ROWS]
    phrases = [phrase for old, new, _ in rows for phrase in (old, new)]
    titles = [title for *_, bars in rows for title in (f"{bars} before", f"{bars} after")]
    piano_roll(phrases, path, titles, columns=2, force=force)

"""``symvae fade``: a whole song with the model's faders moved, throughout or bar by bar."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symvae.cli.console import say, show, show_files, show_json, show_table, watching
from symvae.cli.fade_options import (
    AROUSAL,
    GIVE,
    check_bars,
    controllers_of,
    emotion_of,
    ramps_of,
    refuse_twice,
    settings_of,
)
from symvae.cli.options import (
    DEFAULT_MINUTES,
    Device,
    Force,
    Json,
    MaxMinutes,
    ModelOption,
    OutFolder,
    PartOption,
    Plot,
    TrackOption,
    TuneOption,
    Wav,
    track_of,
    tune_in,
)
from symvae.pipelines.output import Saved, is_result_file
from symvae.storage.whole_file import make_folder

if TYPE_CHECKING:
    from symvae.pipelines.fade_result import FadeResult


def fade(
    file: Annotated[Path | None, typer.Argument(help="A MIDI, MusicXML or ABC file.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="fader=value in its own unit, as note_density=6; register=+5 or -5 changes the present "
            "value; contour==-2 is a value below zero.",
        ),
    ] = None,
    arousal: Annotated[
        str | None,
        typer.Option("--arousal", help="The same as --set arousal=…: 0 or calm, 1 or excited."),
    ] = None,
    emotion: Annotated[
        str | None,
        typer.Option(
            "--emotion",
            help="arousal,valence from 0 to 1, as 0.8,0.3: excited, rather sad. Valence moves between "
            "major and minor.",
        ),
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Arousal of the first bar: low, high or 0 to 1.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Arousal of the last bar; between them it moves in an arc.")
    ] = None,
    automation: Annotated[
        Path | None,
        typer.Option(
            "--automation",
            help="A CSV file: bar, then a column for each fader; an empty cell leaves its bar unchanged.",
        ),
    ] = None,
    cc: Annotated[
        list[str] | None,
        typer.Option(
            "--cc",
            help="controller=fader, as 1=note_density: that controller's lane in the song sets the fader, "
            "0 to 127 over its range.",
        ),
    ] = None,
    bars: Annotated[str | None, typer.Option("--bars", help="Fade only these bars, as 5-12.")] = None,
    hold: Annotated[
        list[str] | None,
        typer.Option("--hold", help="A fader that must not move with coupled ones; may be repeated."),
    ] = None,
    rubato: Annotated[
        bool,
        typer.Option(
            "--rubato", help="Give each phrase a tempo of its own, in place of one curve for the whole song."
        ),
    ] = False,
    via: Annotated[
        str,
        typer.Option(
            "--via",
            help="notes: edit the notes that are there (tempo, mean_velocity, articulation, register); "
            "latent: go through z; auto: notes where that is exact, z for the rest.",
        ),
    ] = "auto",
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep",
            help="melody, bass, rhythm, harmony or a track stays note for note; repeatable. Default: the "
            "melody of polyphonic music; nothing for no lock.",
        ),
    ] = None,
    chords: Annotated[
        str | None,
        typer.Option(
            "--chords",
            help='Chords that bind new notes: "C Am F G", one a bar, or "C | Am F"; file or estimated. '
            "Default: the chord symbols of the file, or estimated.",
        ),
    ] = None,
    model: ModelOption = None,
    track: TrackOption = None,
    part: PartOption = None,
    tune: TuneOption = None,
    best_of: Annotated[
        int,
        typer.Option(
            "--best-of",
            min=1,
            max=64,
            help="Number of decodes, with corrected targets; each bar is taken from the nearest.",
        ),
    ] = 1,
    refine: Annotated[
        bool,
        typer.Option(help="Reduce the remaining error by exchanging a few notes for other likely ones."),
    ] = True,
    list_: Annotated[bool, typer.Option("--list", help="List the model's faders; needs no file.")] = False,
    out: OutFolder = None,
    force: Force = False,
    plot: Plot = False,
    wav: Wav = False,
    max_minutes: MaxMinutes = DEFAULT_MINUTES,
    program: Annotated[
        int | None,
        typer.Option(
            "--program", min=0, max=127, help="General MIDI program of the faded part. Default: its own."
        ),
    ] = None,
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Move a song's faders, phrase by phrase; other tracks, and bars outside all phrases, keep their notes.

    Faders follow those that they are coupled with; the tempo and the loudness of notes that stay follow only
    arousal. Without --bars, bars outside all phrases follow the tempo.
    """
    if list_:
        _list(model, as_json=json)
        return
    if file is None:
        raise typer.BadParameter("give a file to fade, or --list", param_hint="FILE")
    settings, ramps = settings_of(set_ or [], arousal), ramps_of(from_, to)
    plane = emotion_of(emotion)
    controllers = controllers_of(cc or [], file)
    check_bars(bars)
    if not (settings or ramps or automation or controllers or plane):
        raise typer.BadParameter(f"nothing is asked for: give {GIVE}")
    song = out if out is not None and is_result_file(out) else (out or Path("fade")) / "faded.mid"
    more = [song.with_suffix(suffix) for suffix in [*[".png"] * plot, *[".wav"] * wav]]
    paths = list(dict.fromkeys([song, *more]))
    from symvae.pipelines.automation import read_lanes
    from symvae.pipelines.song_fade import fade_song

    lanes = {} if automation is None else read_lanes(automation)
    refuse_twice([*settings, *ramps, *lanes, *controllers.values(), *[AROUSAL] * (plane is not None)])
    with watching("fading") as watch:
        result = fade_song(
            tune_in(file, tune),
            settings,
            model=model,
            bars=bars,
            emotion=plane,
            ramps=ramps,
            automation=lanes,
            controllers=controllers,
            hold=hold or [],
            via=via,
            keep=keep or None,
            chords=chords,
            track=track_of(track, part),
            rubato=rubato,
            best_of=best_of,
            refine=refine,
            program=program,
            device=device,
            places=paths,
            max_minutes=max_minutes,
            force=force,
            watch=watch,
        )
    make_folder(song.parent)
    written = [result.write(path, max_minutes=max_minutes, force=force) for path in paths]
    notices = tuple(notice for each in written for notice in each.notices)
    _show(result, Saved(tuple(paths), notices), as_json=json)


def _show(result: "FadeResult", saved: Saved, *, as_json: bool) -> None:
    for notice in saved.notices:
        say(notice)
    if as_json:
        show_json(result.report | {"files": saved.names})
        return
    for line in result.lines():
        show(line)
    rows = [
        (
            name,
            each["unit"],
            f"{each['low']:.4g} … {each['high']:.4g}",
            each["asked"] or "–",
            *(_number(each[key]) for key in ("before", "achieved", "mean_absolute_error")),
            each["via"] or "–",
        )
        for name, each in result.report["faders"].items()
    ]
    heads = ("fader", "unit", "range", "asked", "before", "achieved", "error", "via")
    show_table(heads, rows, left=("unit", "via"))
    show_files(saved)


def _list(model: str | None, *, as_json: bool) -> None:
    from symvae.pipelines.needs import FADE
    from symvae.pipelines.preflight import check

    released = sorted(FADE.candidates(), key=lambda facts: -len(facts.faders))
    facts = released[0] if model is None else check(FADE, model).facts
    faders = facts.faders
    if as_json:
        show_json({"model": facts.name, "faders": [fader._asdict() for fader in faders.values()]})
        return
    if model is None:
        others = ", ".join(each.name for each in released[1:])
        say(f"Faders of {facts.name}. For those of another model add --model: {others}.")
    rows = [
        (each.name, each.unit, f"{each.low:.4g}", f"{each.high:.4g}", _number(each.error), each.summary)
        for each in faders.values()
    ]
    heads = ("fader", "unit", "lowest", "highest", "error", "meaning")
    show_table(heads, rows, left=("unit", "meaning"))


def _number(value: float | None) -> str:
    """Four digits, or a dash where unknown."""
    return "–" if value is None else f"{value:.4g}"

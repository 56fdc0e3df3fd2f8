"""``symvae fade``: a whole song with the model's faders moved, for good or bar by bar."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symvae.cli.automation import (
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
from symvae.cli.console import counted, show, show_json, show_table
from symvae.cli.fading import (
    Faded,
    Thinned,
    fade_versions,
    nothing_to_fade,
    phrases_in,
    put_back,
    thinned,
    tracks_read,
    unchanged,
    versions_of,
)
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
from symvae.cli.output import refuse_existing
from symvae.cli.taking import Taken, bar_spans, not_read_in_words, take, track_in_words

if TYPE_CHECKING:
    from symvae.music.phrase import Phrase
    from symvae.music.song import Song
    from symvae.system.fade import Fader
    from symvae.system.symvae import SymVAE

#: What ``--from`` and ``--to`` may say beside a number, and the fader they move.
ENDS = {"low": 0.0, "high": 1.0}
AROUSAL = "arousal"
#: Phrases in the picture, one row each: beyond, nobody can read it.
MOST_ROWS = 16
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
            "--best-of", min=1, max=64, help="Decode so often, the aim corrected, and keep the nearest."
        ),
    ] = 1,
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
    _refuse_twice([*settings, *[AROUSAL] * bool(ends), *table, *controllers.values()])

    from symvae.music.bars import bar_lines, bars_in_words
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    faders = _known(vae, [*settings, *[AROUSAL] * bool(ends), *table, *controllers.values()])
    taken = take(file, vae, track_of(track))
    lines = bar_lines(taken.song)
    song_bars = range(len(lines) - 1) if only is None else sorted(only)
    spans = bar_spans(taken.reading)
    lanes: dict[str, Lane] = {name: everywhere(wish, song_bars) for name, wish in settings.items()}
    if ends:
        chosen = [span for span in spans if only is None or only & set(range(*span))]
        lanes[AROUSAL] = ramp(chosen, *ends) if chosen else {}
    lanes |= table
    for number, name in controllers.items():
        lanes[name] = _controlled(file, number, taken, lines, faders[name])
    if only is not None:
        lanes = {name: {bar: w for bar, w in lane.items() if bar in only} for name, lane in lanes.items()}
    versions = versions_of(spans, lanes)
    if not versions:
        raise nothing_to_fade(taken)
    phrases, too_full = thinned(taken, vae, versions, lines)
    faded = fade_versions(vae, phrases, versions, hold=hold or [], best_of=best_of)
    spliced = put_back(taken, vae, faded, lines, program)
    _write(paths, spliced.song, taken, vae, force=force)

    named = only if only is not None else {bar for lane in table.values() for bar in lane}
    beyond = sorted(bar for bar in named if bar >= max(len(lines) - 2, spans[-1][1]))
    merged = tracks_read(taken) if len(tracks_read(taken)) > 1 else []
    figures = _figures(faders, faded, lanes)
    if json:
        show_json(
            {
                "model": vae.name,
                "input": taken.report(),
                "faders": figures,
                "phrases": [_phrase(taken, each) for each in faded],
                "unchanged": [{"bars": words, "why": why} for words, why in unchanged(taken, versions)],
                "too_full": [{"bar": each.bar + 1, "notes": each.notes} for each in too_full],
                "tracks_merged": merged,
                "notes_cut": spliced.num_cut,
                "bars_beyond_the_song": [bar + 1 for bar in beyond],
                "decodes": len(versions) * best_of,
                "files": [str(path) for path in paths],
            }
        )
        return
    for line in _account(taken, faded, too_full, merged, spliced.num_cut, best_of):
        show(line)
    if beyond:
        words = bars_in_words([(bar, bar + 1) for bar in beyond])
        show(f"  not in the song: {words}, which values are given for")
    for line in _out_of_reach(faders, faded):
        show(line)
    _show_figures(figures)
    if plot and len(phrases) > MOST_ROWS:
        show(f"the picture shows the first {MOST_ROWS} of {len(phrases)} phrases")
    for path in paths:
        show(str(path))


def _list(model: str, *, as_json: bool) -> None:
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    faders = _known(vae, [])
    if as_json:
        show_json({"model": vae.name, "faders": [fader._asdict() for fader in faders.values()]})
        return
    rows = [
        (each.name, each.unit, f"{each.low:.4g}", f"{each.high:.4g}", _number(each.error), each.summary)
        for each in faders.values()
    ]
    heads = ("fader", "unit", "lowest", "highest", "error", "what it is")
    show_table(heads, rows, left=("unit", "what it is"))


def _known(vae: "SymVAE", names: Sequence[str]) -> dict[str, "Fader"]:
    """The model's faders; `LatentError` where it has none, or not all of the names."""
    from symvae.system.fade import asked_values

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
    from symvae.music.files import SCORE_SUFFIXES

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
    from symvae.music.midi import controls

    track = taken.reading.track
    lane = choose_lane(file, number, controls(file, number), None if track is None else track.name)
    return lane_of(lane, lines, fader)


def _write(paths: Sequence[Path], song: "Song", taken: Taken, vae: "SymVAE", *, force: bool) -> None:
    from symvae.music.midi import song_to_bytes, write_bytes

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
            from symvae.audio.sine import render
            from symvae.dsp.wav import write_wav

            audio = render(after)
            write_wav(audio.samples, audio.sample_rate, path, force=force)


def _draw(path: Path, taken: Taken, after: Sequence["Phrase"], *, force: bool) -> None:
    """Before on the left, after on the right."""
    from symvae.music.plot import piano_roll

    rows = list(zip(taken.phrases, after, taken.titles, strict=True))[:MOST_ROWS]
    phrases = [phrase for old, new, _ in rows for phrase in (old, new)]
    titles = [title for *_, bars in rows for title in (f"{bars} before", f"{bars} after")]
    piano_roll(phrases, path, titles, columns=2, force=force)


def _phrase(taken: Taken, faded: Faded) -> dict[str, Any]:
    from symvae.music.bars import bars_in_words

    bars = bars_in_words([(bar, bar + 1) for bar in faded.version.bars])
    return {
        "phrase": taken.spans[faded.version.row],
        "bars": bars.split(" ", 1)[1],
        "asked": faded.asked,
        "aimed": faded.aimed,
        "before": faded.before,
        "achieved": faded.achieved,
        "tempo_qpm": faded.phrase.tempo_qpm,
        "notes": len(faded.phrase),
    }


def _figures(
    faders: Mapping[str, "Fader"], faded: Sequence[Faded], lanes: Mapping[str, Lane]
) -> dict[str, dict[str, Any]]:
    """Each fader over the versions that ask for it; over all of them where none does."""
    figures: dict[str, dict[str, Any]] = {}
    for name, fader in faders.items():
        asking = [each for each in faded if name in each.asked]
        missed = [abs(each.achieved[name] - each.aimed[name]) for each in asking]
        figures[name] = {
            "unit": fader.unit,
            "low": fader.low,
            "high": fader.high,
            "asked": _asked_words(list(lanes[name].values())) if asking else None,
            "before": _mean([each.before[name] for each in asking or faded]),
            "achieved": _mean([each.achieved[name] for each in asking or faded]),
            "mean_absolute_error": _mean(missed) if asking else None,
        }
    return figures


def _asked_words(wishes: Sequence[Wish]) -> str:
    """ "6", "+5", "2 … 8" for many."""
    words = [wish if isinstance(wish, str) else f"{wish:.4g}" for wish in wishes]
    ordered = sorted(set(words), key=float)
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} … {ordered[-1]}"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _show_figures(figures: Mapping[str, Mapping[str, Any]]) -> None:
    rows = [
        (
            name,
            each["unit"],
            f"{each['low']:.4g} … {each['high']:.4g}",
            each["asked"] or "–",
            *(_number(each[key]) for key in ("before", "achieved", "mean_absolute_error")),
        )
        for name, each in figures.items()
    ]
    show_table(("fader", "unit", "reach", "asked", "before", "achieved", "error"), rows, left=("unit",))


def _account(
    taken: Taken,
    faded: Sequence[Faded],
    too_full: Sequence[Thinned],
    merged: Sequence[int],
    num_cut: int,
    best_of: int,
) -> list[str]:
    """What was read, what stays, what falls away and what it cost."""
    from symvae.music.bars import bars_in_words

    reading, track = taken.reading, taken.reading.track
    chosen = "" if track is None else f", {track_in_words(track)}"
    spans = bars_in_words(bar_spans(reading))
    lines = [f"{taken.file}: {spans} in {counted(len(taken.phrases), 'phrase')}{chosen}"]
    lines += not_read_in_words(taken.song, track)
    if merged:
        names = ", ".join(f"{index} {taken.song.tracks[index].name!r}" for index in merged)
        bare = any(len(taken.song.tracks[index].controls) for index in merged)
        pedal = ", without pedal or other controllers" if bare else ""
        lines.append(f"  merged: tracks {names}; faded bars stand in one track, 'piano'{pedal}")
    versions = [each.version for each in faded]
    lines += [f"  unchanged: {bars}: {why}" for bars, why in unchanged(taken, versions)]
    for title, bars in zip(taken.titles, taken.silent_bars, strict=True):
        if bars:
            lines.append(f"  {counted(bars, 'bar')} of silence added after {title}, to fill the phrase")
    if reading.mean_shift_step:
        lines.append(f"  moved to the sixteenth grid by {reading.mean_shift_step:.3f} steps on average")
    if reading.num_cut:
        lines.append(f"  {counted(reading.num_cut, 'note')} read as shorter, up to where the next one starts")
    rest = [dropped for dropped in reading.dropped if dropped.what not in ("window", "section")]
    lines += [f"  not read: {dropped}" for dropped in rest]
    lines += [
        f"  {bars_in_words([(bar, bar + 1)])} is too full: its {counted(notes, 'softest note')} not read"
        for bar, notes in too_full
    ]
    if num_cut:
        lines.append(f"  {counted(num_cut, 'note')} of unchanged bars cut short, where a faded bar starts")
    times = f", {best_of} times each" if best_of > 1 else ""
    cost = counted(len(faded) * best_of, "decode")
    phrases = counted(len({version.row for version in versions}), "phrase")
    lines.append(f"{phrases} faded in {counted(len(faded), 'version')}{times}: {cost}")
    return lines


def _out_of_reach(faders: Mapping[str, "Fader"], faded: Sequence[Faded]) -> list[str]:
    """One line for each fader that was asked for more than the model knows."""
    lines = []
    for name, fader in faders.items():
        asked = [each.asked[name] for each in faded if name in each.asked]
        beyond = sorted(value for value in asked if fader.nearest(value) != value)
        if not beyond:
            continue
        reach = f"beyond the model's reach ({fader.low:.4g} to {fader.high:.4g})"
        if beyond[0] == beyond[-1]:
            lines.append(
                f"{name} {beyond[0]:.4g} is {reach}: the nearest, {fader.nearest(beyond[0]):.4g}, was used"
            )
        else:
            lines.append(
                f"{name} {beyond[0]:.4g} to {beyond[-1]:.4g} is {reach} in {len(beyond)} of {len(asked)} "
                "versions: the nearest was used"
            )
    return lines

"""``symvae render``: music as sound, in a timbre to choose, to blend, or to take from a recording."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show, show_files, show_json, show_table, watching
from symvae.cli.options import (
    DEFAULT_MINUTES,
    Device,
    Force,
    Json,
    MaxMinutes,
    TuneOption,
    one_of,
    tune_in,
)


def render(
    file: Annotated[Path | None, typer.Argument(help="A MIDI, MusicXML or ABC file, or -.")] = None,
    out: Annotated[Path | None, typer.Argument(help="The WAV file. Default: the music's name, here.")] = None,
    timbre: Annotated[
        str | None,
        typer.Option(
            "--timbre",
            help="One timbre for all parts: a name that --list shows, or a blend as piano:strings:0.4. "
            "Default: each part by its program.",
        ),
    ] = None,
    timbre_from: Annotated[
        Path | None,
        typer.Option("--timbre-from", help="Take the timbre from a recording (WAV, FLAC, OGG, MP3)."),
    ] = None,
    timbre_sweep: Annotated[
        str | None,
        typer.Option(
            "--timbre-sweep", help="Move from one timbre to another over the whole piece: piano:strings."
        ),
    ] = None,
    tune: TuneOption = None,
    stems: Annotated[bool, typer.Option("--stems", help="Write each part to its own file, too.")] = False,
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            help='"neural", "ddsp" (harmonics and noise, for single lines), "soundfont" (its samples) or '
            '"sine" (plain tones).',
        ),
    ] = "neural",
    soundfont: Annotated[
        Path | None,
        typer.Option(
            "--soundfont", help="The font for --engine soundfont, and for drums beside the neural one."
        ),
    ] = None,
    kit: Annotated[
        str | None,
        typer.Option(
            "--kit",
            metavar="FOLDER|neural:SEED",
            help="Folder of drum sounds that play the drums, as `symvae kit` writes; or neural:7 for drums "
            "that the drum machine draws.",
        ),
    ] = None,
    synth: Annotated[
        str | None,
        typer.Option(
            "--synth", help="A synthesizer's name or folder. Default: synth-24k, or ddsp-24k for that engine."
        ),
    ] = None,
    sample_rate: Annotated[
        int | None, typer.Option("--sample-rate", help="Hz; the neural engine has the synthesizer's.")
    ] = None,
    loudness: Annotated[
        float, typer.Option("--loudness", min=-60.0, max=-5.0, help="LUFS; less where peaks would clip.")
    ] = -16.0,
    max_minutes: MaxMinutes = DEFAULT_MINUTES,
    list_: Annotated[bool, typer.Option("--list", help="List the timbres; needs no file.")] = False,
    plot: Annotated[bool, typer.Option("--plot", help="Draw the spectrogram (PNG), too.")] = False,
    force: Force = False,
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Render a whole song as a stereo WAV file."""
    from symvae.audio.engines import DDSP, RENDER_ENGINES

    one_of(engine, RENDER_ENGINES, "--engine")
    if list_:
        _list(synth, engine == DDSP, json)
        return
    if file is None:
        raise typer.BadParameter("give a music file, or --list", param_hint="FILE")
    words = {"--timbre": timbre, "--timbre-from": timbre_from, "--timbre-sweep": timbre_sweep}
    chosen = [name for name, word in words.items() if word is not None]
    if len(chosen) > 1:
        raise typer.BadParameter(f"{' and '.join(chosen)} exclude each other", param_hint=chosen[-1])
    if chosen and engine not in ("neural", DDSP):
        raise typer.BadParameter(f"the {engine} engine has no timbre to choose", param_hint=chosen[0])
    name = "music" if str(file) == "-" else file.stem
    path = Path(f"{name}.wav") if out is None else out
    if path.suffix.lower() != ".wav":
        raise typer.BadParameter(f"the sound is written as WAV; give NAME.wav, not {path}", param_hint="OUT")
    from symvae.pipelines.render_song import TimbreChoice, render_song

    with watching("rendering") as watch:
        result = render_song(
            tune_in(file, tune),
            path,
            timbre=TimbreChoice(timbre, timbre_from, timbre_sweep),
            engine=engine,
            synth=synth,
            soundfont=soundfont,
            kit=kit,
            sample_rate=sample_rate,
            loudness_lufs=loudness,
            max_minutes=max_minutes,
            stems=stems,
            plot=plot,
            force=force,
            device=device,
            announce=say,
            watch=watch,
        )
    for notice in result.saved.notices:
        say(notice)
    if json:
        show_json(result.data())
        return
    rows = [(part.part, str(part.notes), part.plays) for part in result.parts]
    show_table(("part", "notes", "plays"), rows, left=["plays"])
    show(f"{result.seconds:.1f} s at {result.sample_rate} Hz")
    show_files(result.saved)


def _list(name: str | None, lines: bool, as_json: bool) -> None:
    from symvae.music.io.programs import program_label
    from symvae.system.line_synth import DEFAULT_LINE_SYNTH, load_line_synth
    from symvae.system.synth import DEFAULT_SYNTH, load_synth

    if lines:
        known = load_line_synth(name or DEFAULT_LINE_SYNTH).timbres.values()
        timbres = [(each.name, each.program, each.font) for each in known]
    else:
        learned = load_synth(name or DEFAULT_SYNTH).timbres.values()
        timbres = [(each.name, each.program, each.font) for each in learned]
    if as_json:
        show_json([{"name": t, "program": program, "learned_from": font} for t, program, font in timbres])
        return
    rows = [[t, program_label(program), font] for t, program, font in timbres]
    show_table(["timbre", "program", "learned from"], rows, left=["program", "learned from"])

"""``symvae render``: music as sound, in a timbre to choose, to blend, or to take from a recording."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symvae.cli.console import progress_bar, show, show_json, show_table
from symvae.cli.options import Force, Json, one_of
from symvae.errors import AudioError
from symvae.pipelines.output import refuse_existing
from symvae.pipelines.playback import font_words, neural_words, say_drums, with_unheard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symvae.audio.parts import Part
    from symvae.audio.render import Voice
    from symvae.system.synth import Synth

ENGINES = ("neural", "soundfont", "sine")


def render(
    file: Annotated[Path | None, typer.Argument(help="A MIDI, MusicXML or ABC file.")] = None,
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
    stems: Annotated[bool, typer.Option("--stems", help="Write each part by itself, too.")] = False,
    engine: Annotated[
        str, typer.Option("--engine", help='"neural", "soundfont" (its samples) or "sine" (plain tones).')
    ] = "neural",
    soundfont: Annotated[
        Path | None,
        typer.Option(
            "--soundfont", help="The font for --engine soundfont, and for drums beside the neural one."
        ),
    ] = None,
    synth: Annotated[str, typer.Option("--synth", help="A synthesizer's name or folder.")] = "synth-24k",
    sample_rate: Annotated[
        int | None, typer.Option("--sample-rate", help="Hz; of the neural engine it is the synthesizer's.")
    ] = None,
    loudness: Annotated[
        float, typer.Option("--loudness", min=-60.0, max=-5.0, help="LUFS; less where peaks would clip.")
    ] = -16.0,
    list_: Annotated[bool, typer.Option("--list", help="List the timbres; needs no file.")] = False,
    plot: Annotated[
        bool, typer.Option("--plot", help="Write a picture of the spectrogram (PNG), too.")
    ] = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Render a whole song as a stereo WAV file."""
    one_of(engine, ENGINES, "--engine")
    if list_:
        _list(synth, json)
        return
    if file is None:
        raise typer.BadParameter("give a music file, or --list", param_hint="FILE")
    words = {"--timbre": timbre, "--timbre-from": timbre_from, "--timbre-sweep": timbre_sweep}
    chosen = [name for name, word in words.items() if word is not None]
    if len(chosen) > 1:
        raise typer.BadParameter(f"{' and '.join(chosen)} exclude each other", param_hint=chosen[-1])
    if chosen and engine != "neural":
        raise typer.BadParameter(f"the {engine} engine has no timbre to choose", param_hint=chosen[0])
    path = Path(f"{file.stem}.wav") if out is None else out
    if path.suffix.lower() != ".wav":
        raise typer.BadParameter(f"the sound is written as WAV; give NAME.wav, not {path}", param_hint="OUT")
    picture = path.with_suffix(".png")
    refuse_existing([path, *[picture] * plot], force, "OUT")

    from symvae.audio.parts import parts_of
    from symvae.audio.render import render_voices
    from symvae.music.io.files import load_for_playback

    song = load_for_playback(file)
    parts, seconds = parts_of(song)
    if not any(len(part.notes.pitch) for part in parts):
        raise AudioError(f"{file} has no notes that sound. Give a file with notes, and a volume above 0.")
    voices, players, rate = _voices(parts, engine, soundfont, synth, sample_rate, words)
    files = [path.with_name(f"{path.stem}-{number:02d}.wav") for number in range(1, len(parts) + 1)] * stems
    refuse_existing(files, force, "OUT")
    if path.parent != Path():
        path.parent.mkdir(parents=True, exist_ok=True)
    with progress_bar() as bar:
        task = bar.add_task("rendering", total=100, note=f"{seconds:.0f} s of sound")
        made = render_voices(
            voices,
            seconds,
            rate,
            stems=stems,
            loudness_lufs=loudness,
            watch=lambda share: bar.update(task, completed=round(100 * share)),
        )
    made.write(made.mixture, path, force=force)
    for stem, name in zip(made.stems, files, strict=True):
        made.write(stem, name, force=force)
    if plot:
        from symvae.plot.spectrogram import spectrogram_picture

        spectrogram_picture(made.mixture.blocks(), rate, picture, title=path.stem, force=force)
    written = [str(each) for each in [path, *files, *[picture] * plot]]
    rows = [(part.name, len(part.notes.pitch), word) for (part, _), word in zip(voices, players, strict=True)]
    keys = ("part", "notes", "plays")
    lasts = made.mixture.samples / rate
    if json:
        show_json(
            {
                "seconds": round(lasts, 2),
                "sample_rate": rate,
                "parts": [dict(zip(keys, row, strict=True)) for row in rows],
                "files": written,
            }
        )
        return
    show_table(keys, [(name, str(notes), word) for name, notes, word in rows], left=["plays"])
    show(f"{lasts:.1f} s at {rate} Hz")
    for each in written:
        show(each)


def _voices(
    parts: "Sequence[Part]",
    engine: str,
    soundfont: Path | None,
    synth: str,
    sample_rate: int | None,
    words: dict[str, "str | Path | None"],
) -> "tuple[list[Voice], list[str], int]":
    """Who plays what, in words for the table, and at which rate; says what is played by a stand-in."""
    from symvae.audio.engines import check_sample_rate, font_voices, sine_voices, with_font_drums
    from symvae.audio.font_player import font_player
    from symvae.audio.soundfont import find_soundfont

    if engine == "sine":
        rate = check_sample_rate(sample_rate or 24_000)
        said = [with_unheard(part, "noise" if part.is_drum else "sine") for part in parts]
        return sine_voices(parts, rate), said, rate
    if engine == "soundfont":
        rate = check_sample_rate(sample_rate or 44_100)
        font = find_soundfont(soundfont)
        said = [font_words(font, part) for part in parts]
        return font_voices(parts, font_player(font, rate), rate), said, rate
    from symvae.system.synth import Synth

    voice = Synth.load(synth)
    if sample_rate not in (None, voice.sample_rate):
        raise AudioError(
            f"{voice.name} plays at {voice.sample_rate} Hz, not {sample_rate}. Leave out --sample-rate, or "
            "choose --engine soundfont."
        )
    timbre, until, name = _timbre(voice, words)
    voices = voice.voices(parts, timbre, until)
    said = [neural_words(voice, part, name) for part in parts]
    if soundfont is None:
        say_drums(parts)
    elif any(part.is_drum for part in parts):
        font = find_soundfont(soundfont)
        voices = with_font_drums(voices, font_player(font, voice.sample_rate), voice.sample_rate)
        said = [
            font_words(font, part) if part.is_drum else word for part, word in zip(parts, said, strict=True)
        ]
    return voices, said, voice.sample_rate


def _timbre(voice: "Synth", words: dict[str, "str | Path | None"]) -> tuple:  # type: ignore[type-arg]
    """The timbre, the one it moves to, and its name for the table; nothing where programs decide."""
    word, clip, sweep = words["--timbre"], words["--timbre-from"], words["--timbre-sweep"]
    if clip is not None:
        return voice.timbre_of(clip), None, f"as {Path(clip).name}"
    if sweep is not None:
        ends = str(sweep).split(":")
        if len(ends) != 2:
            raise AudioError(f"{sweep!r} is no way between two timbres. Write it as piano:strings.")
        return voice.timbre(ends[0]), voice.timbre(ends[1]), f"{ends[0]} to {ends[1]}"
    if word is not None:
        return voice.timbre(str(word)), None, str(word)
    return None, None, None


def _list(name: str, json: bool) -> None:
    from symvae.system.synth import Synth

    timbres = Synth.load(name).timbres.values()
    if json:
        show_json([{"name": t.name, "program": t.program, "learned_from": t.font} for t in timbres])
        return
    show_table(
        ["timbre", "program", "learned from"],
        [[t.name, str(t.program + 1), t.font] for t in timbres],
        left=["learned from"],
    )

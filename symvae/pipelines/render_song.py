"""Songs as sound: in a timbre to choose, to blend or to take from a recording."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from symvae.audio import font_player
from symvae.audio.engines import (
    DDSP,
    RENDER_ENGINES,
    check_sample_rate,
    font_voices,
    sine_voices,
    with_font_drums,
    with_kit_drums,
)
from symvae.audio.kit import Kit
from symvae.audio.limits import MINUTES, check_length
from symvae.audio.parts import Part, parts_of
from symvae.audio.render import LOUDNESS_LUFS, Rendering, Voice, render_voices
from symvae.audio.soundfont import find_soundfont
from symvae.errors import AudioError, ConfigError
from symvae.music.io.source import Music, load_for_playback, name_of
from symvae.pipelines.drum_kit import open_kit
from symvae.pipelines.output import Saved, refuse_existing
from symvae.pipelines.playback import drum_notices, font_label, line_label, neural_label, with_unheard
from symvae.pipelines.words import clock, counted
from symvae.storage.whole_file import make_folder
from symvae.system.device import find_device
from symvae.system.line_synth import DEFAULT_LINE_SYNTH, LineSynth, load_line_synth
from symvae.system.synth import DEFAULT_SYNTH, Synth, Timbre, load_synth

SINE_RATE_HZ, FONT_RATE_HZ = 24_000, 44_100
#: Music of this length takes long enough to be announced.
LONG_SEC = 60.0


@dataclass(frozen=True)
class TimbreChoice:
    """One timbre for all parts, of at most one of three kinds; by default each part has its own."""

    name: str | None = None
    """A timbre's name, or a blend as "piano:strings:0.4"."""
    recording: Path | None = None
    """A sound file to take the timbre from."""
    sweep: str | None = None
    """A path from one timbre to another over the whole piece: "piano:strings"."""

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.name, self.recording, self.sweep)) > 1:
            raise ConfigError("A timbre, a recording and a sweep exclude each other. Choose one of them.")

    def __bool__(self) -> bool:
        return any(each is not None for each in (self.name, self.recording, self.sweep))


#: Each part in the timbre of its own program.
BY_PROGRAM = TimbreChoice()


class PlayedPart(NamedTuple):
    """A part and its instrument."""

    part: str
    notes: int
    plays: str
    """The instrument, and what is not played, in words."""


@dataclass(frozen=True)
class RenderResult:
    """Sound of a song."""

    rendering: Rendering
    seconds: float
    sample_rate: int
    """Hz."""
    parts: list[PlayedPart]
    saved: Saved

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "seconds": round(self.seconds, 2),
            "sample_rate": self.sample_rate,
            "parts": [part._asdict() for part in self.parts],
            "files": self.saved.names,
        }


def render_song(
    file: Music,
    out: str | Path,
    *,
    timbre: TimbreChoice = BY_PROGRAM,
    engine: str = "neural",
    synth: Synth | LineSynth | str | Path | None = None,
    soundfont: Path | None = None,
    kit: str | Path | None = None,
    sample_rate: int | None = None,
    loudness_lufs: float = LOUDNESS_LUFS,
    max_minutes: int | float = MINUTES.most,
    stems: bool = False,
    plot: bool = False,
    force: bool = False,
    device: str = "cpu",
    announce: Callable[[str], None] = lambda sentence: None,
    watch: Callable[[float], None] = lambda share: None,
) -> RenderResult:
    """Render a song as a stereo WAV file.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        out: The WAV file.
        timbre: Timbre of the engines "neural" and "ddsp"; by default each part's, by its program.
        engine: "neural", "ddsp" (single lines), "soundfont" or "sine".
        synth: Synthesizer of these two engines, or its name or folder; None for the released one.
        soundfont: Sound font of that engine, and of drums beside these two.
        kit: Folder of drum sounds, named by drum, that play the drums with any engine; "neural:7" for those
            of the drum machine with seed 7.
        sample_rate: Hz; by default that of the engine.
        loudness_lufs: Integrated loudness in LUFS; lower where peaks would clip.
        max_minutes: Longest music that is rendered.
        stems: Write each part to its own file, too.
        plot: Draw the spectrogram (PNG), too.
        force: Overwrite existing files.
        device: Device of the network: "cpu", "cuda", "cuda:1" or "mps".
        announce: Called before the work on music of a minute or more, with its length.
        watch: Progress, 0 to 1.

    Returns:
        The sound, with the instrument of each part.

    Raises:
        AudioError: The file has no notes that sound, it lasts longer than ``max_minutes``, or the kit has no
            sounds.
        ConfigError: There is no such engine, or both a kit and a sound font are to play the drums.
    """
    if engine not in RENDER_ENGINES:
        raise ConfigError(f"{engine!r} is not an engine. Choose one of {', '.join(RENDER_ENGINES)}.")
    if kit is not None and soundfont is not None and engine != "soundfont":
        raise ConfigError("The drums are played by a kit or by a sound font. Give one of the two.")
    sounds = None if kit is None else open_kit(kit)
    path = Path(out)
    picture = path.with_suffix(".png")
    refuse_existing([path, *[picture] * plot], force, "OUT")
    song = load_for_playback(file)
    parts, seconds = parts_of(song)
    if not any(len(part.notes.pitch) for part in parts):
        raise AudioError(
            f"{name_of(file)} has no notes that sound. Give a file with notes, and a volume above 0."
        )
    check_length(max([seconds, *(part.notes.last_sec for part in parts)]), max_minutes, name_of(file))
    if seconds >= LONG_SEC:
        announce(f"{name_of(file)}: {clock(seconds)} of music in {counted(len(parts), 'part')}")
    synth = _synth(engine, synth, device)
    band = _band(parts, engine, soundfont, synth, sample_rate, timbre)
    if sounds is not None:
        band = _with_kit(band, parts, sounds)
    files = [path.with_name(f"{path.stem}-{number:02d}.wav") for number in range(1, len(parts) + 1)] * stems
    refuse_existing(files, force, "OUT")
    make_folder(path.parent, AudioError)
    rendering = render_voices(
        band.voices,
        seconds,
        band.sample_rate,
        stems=stems,
        loudness_lufs=loudness_lufs,
        max_minutes=math.inf,
        watch=watch,
    )
    rendering.write(rendering.mixture, path, force=force)
    for stem, name in zip(rendering.stems, files, strict=True):
        rendering.write(stem, name, force=force)
    if plot:
        from symvae.plot.spectrogram import spectrogram_picture

        blocks = rendering.mixture.blocks()
        spectrogram_picture(blocks, band.sample_rate, picture, title=path.stem, force=force)
    played = [
        PlayedPart(part.name, len(part.notes.pitch), label)
        for part, label in zip(parts, band.labels, strict=True)
    ]
    saved = Saved((path, *files, *[picture] * plot), tuple(band.notices))
    lasts = rendering.mixture.samples / band.sample_rate
    return RenderResult(rendering, lasts, band.sample_rate, played, saved)


class _Band(NamedTuple):
    """Players of all parts, with a label for each."""

    voices: list[Voice]
    labels: list[str]
    sample_rate: int
    notices: list[str]


def _with_kit(band: _Band, parts: Sequence[Part], kit: Kit) -> _Band:
    """Drums on the sounds of a kit."""
    labels = [
        with_unheard(part, f"kit {kit.name}") if part.is_drum else label
        for part, label in zip(parts, band.labels, strict=True)
    ]
    unused = [f"kit {kit.name} is not heard: no track holds drums"]
    notices = [] if any(part.is_drum for part in parts) else unused
    return _Band(with_kit_drums(band.voices, kit, band.sample_rate), labels, band.sample_rate, notices)


def _band(
    parts: Sequence[Part],
    engine: str,
    soundfont: Path | None,
    synth: Synth | LineSynth | None,
    sample_rate: int | None,
    timbre: TimbreChoice,
) -> _Band:
    if engine == "sine":
        rate = check_sample_rate(SINE_RATE_HZ if sample_rate is None else sample_rate)
        labels = [with_unheard(part, "noise" if part.is_drum else "sine") for part in parts]
        return _Band(sine_voices(parts, rate), labels, rate, [])
    if engine == "soundfont":
        rate = check_sample_rate(FONT_RATE_HZ if sample_rate is None else sample_rate)
        font = find_soundfont(soundfont)
        labels = [font_label(font, part) for part in parts]
        return _Band(font_voices(parts, font_player.font_player(font, rate), rate), labels, rate, [])
    assert synth is not None
    rate = synth.sample_rate
    if sample_rate not in (None, rate):
        raise AudioError(
            f"{synth.name} plays at {rate} Hz, not {sample_rate}. Leave out --sample-rate, or "
            "choose --engine soundfont."
        )
    if isinstance(synth, LineSynth):
        voices = synth.voices(parts, _line_timbre(timbre))
        labels = [line_label(synth, part, timbre.name) for part in parts]
    else:
        start, end, name = _timbre(synth, timbre)
        voices = synth.voices(parts, start, end)
        labels = [neural_label(synth, part, name) for part in parts]
    if soundfont is None:
        return _Band(voices, labels, rate, drum_notices(parts))
    if any(part.is_drum for part in parts):
        font = find_soundfont(soundfont)
        voices = with_font_drums(voices, font_player.font_player(font, rate), rate)
        labels = [
            font_label(font, part) if part.is_drum else label
            for part, label in zip(parts, labels, strict=True)
        ]
    return _Band(voices, labels, rate, [])


def _synth(
    engine: str, synth: Synth | LineSynth | str | Path | None, device: str
) -> Synth | LineSynth | None:
    """The synthesizer of an engine that has one."""
    if engine == DDSP:
        if isinstance(synth, Synth):
            raise ConfigError(f"{synth.name} is no line synthesizer. Choose the engine neural for it.")
        lines = DEFAULT_LINE_SYNTH if synth is None else synth
        return lines if isinstance(lines, LineSynth) else load_line_synth(lines, str(find_device(device)))
    if engine == "neural":
        if isinstance(synth, LineSynth):
            raise ConfigError(f"{synth.name} plays single lines. Choose the engine ddsp for it.")
        chords = DEFAULT_SYNTH if synth is None else synth
        return chords if isinstance(chords, Synth) else load_synth(chords, str(find_device(device)))
    return None


def _line_timbre(choice: TimbreChoice) -> str | None:
    """The timbre of all parts; None where programs decide."""
    if choice.recording is not None or choice.sweep is not None:
        raise ConfigError(
            "The engine ddsp takes a timbre by its name or as a blend. Give --timbre violin:flute:0.4, or "
            "choose --engine neural."
        )
    return choice.name


def _timbre(synth: Synth, choice: TimbreChoice) -> tuple[Timbre | None, Timbre | None, str | None]:
    """The first timbre, the last one of a sweep, and a label; None where programs decide."""
    if choice.recording is not None:
        return synth.timbre_of(choice.recording), None, f"as {choice.recording.name}"
    if choice.sweep is not None:
        ends = choice.sweep.split(":")
        if len(ends) != 2:
            raise AudioError(
                f"{choice.sweep!r} is not a path between two timbres. Write it as piano:strings."
            )
        return synth.timbre(ends[0]), synth.timbre(ends[1]), f"{ends[0]} to {ends[1]}"
    if choice.name is not None:
        return synth.timbre(choice.name), None, choice.name
    return None, None, None

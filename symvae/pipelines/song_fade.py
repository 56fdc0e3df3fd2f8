"""Whole songs with their faders moved, phrase by phrase or bar by bar.

    result = fade_song("song.mid", {"arousal": 0.9})
    result.write("excited.mid")

Other tracks, and bars that no window of the model takes, keep their notes. Of all others only the difference
between a phrase before and after is written (`symvae.music.splice`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from symvae.arguments import checked
from symvae.audio.limits import MINUTES, check_length
from symvae.audio.parts import parts_of
from symvae.errors import ConfigError, MidiError
from symvae.music.bars import bar_lines, bars_in_words
from symvae.music.io.controllers import control_lanes
from symvae.music.io.files import is_score
from symvae.music.io.programs import check_program
from symvae.music.io.source import Music
from symvae.music.resolution import with_whole_steps
from symvae.pipelines.automation import (
    Lane,
    Setting,
    choose_lane,
    constant,
    lane_of,
    parse_bars,
    ramp,
    read_lanes,
    set_twice,
)
from symvae.pipelines.exact_edits import edit_notes
from symvae.pipelines.exact_report import with_exact
from symvae.pipelines.fade_report import FadeReport, unchanged_bars
from symvae.pipelines.fade_result import FadeResult
from symvae.pipelines.fade_valence import move_valence, refuse_mixed, valence_of
from symvae.pipelines.fade_versions import fade_versions
from symvae.pipelines.intake import Intake
from symvae.pipelines.needs import FADE
from symvae.pipelines.output import IN_MEMORY, SOUND, Plan, refuse_existing
from symvae.pipelines.preflight import check, faders_of
from symvae.pipelines.put_back import put_back
from symvae.pipelines.song_chords import song_chords
from symvae.pipelines.song_locks import closed_tracks, keep_of, locks_of
from symvae.pipelines.spans import bar_spans
from symvae.pipelines.thinning import thin_full_bars
from symvae.pipelines.tracks import tracks_read
from symvae.pipelines.trial import AnyModel, Source, every_window
from symvae.pipelines.version import versions_of
from symvae.system.faders.performance import TEMPO
from symvae.system.faders.request import AROUSAL, Fader, by_full_name, full_name
from symvae.system.faders.ways import Via, arranged_faders, exact_faders, has_exact_edit, via_of
from symvae.system.note_faders import NoteFaders


@checked
def fade_song(
    file: Music,
    values: Mapping[str, Setting] | None = None,
    *,
    model: AnyModel | None = None,
    bars: str | Iterable[int] | None = None,
    emotion: tuple[float, float] | None = None,
    ramps: Mapping[str, tuple[float, float]] | None = None,
    automation: str | Path | Mapping[str, Lane] | None = None,
    controllers: Mapping[int, str] | None = None,
    hold: str | Iterable[str] = (),
    via: str = "auto",
    keep: str | Iterable[str] | None = None,
    chords: str | None = None,
    track: str | int | None = None,
    rubato: bool = False,
    best_of: int = 1,
    refine: bool = True,
    program: int | None = None,
    device: str = "cpu",
    places: Sequence[Path] = (),
    max_minutes: int | float = MINUTES.most,
    force: bool = False,
    watch: Callable[[float], None] = lambda share: None,
) -> FadeResult:
    """Move the faders of a song.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        values: Setting of each fader for all bars: 6.0 is a value in its unit, "+5" and "-0.5" are changes.
        model: Model with faders, or its name or folder; by default the best released one for the song.
        bars: Bars to fade, from 1, as "5-12" or as numbers; by default all.
        emotion: Arousal and valence, both from 0 to 1: a place on the plane of emotions. The valence is that
            of the whole song, all its tracks and bars (`symvae.pipelines.fade_valence`).
        ramps: First and last value of each fader that moves in an arc over the bars.
        automation: Settings of single bars: a CSV file (see `symvae.pipelines.automation.read_lanes`), or a
            lane for each fader with bars from 0.
        controllers: Fader of each MIDI controller number whose lane in the file sets it.
        hold: Faders that must not move with coupled ones.
        via: "notes" edits the notes that are there (`symvae.pipelines.exact_edits`), "latent" goes through z,
            "auto" takes the notes where that is exact, and z for the rest.
        keep: What stays note for note: "melody", "rhythm", "bass", "harmony", names of tracks, or "nothing"
            (`symvae.pipelines.song_locks`); by default the melody of polyphonic music.
        chords: Chords that bind new notes: "C Am F G", one a bar, "C | Am F", "file" or "estimated"; by
            default those of the file, or estimated, beside what is kept (`symvae.pipelines.song_chords`).
        track: Name or number of the track to read; by default the melody, or all pitched tracks of a
            polyphonic model.
        rubato: Give each phrase a tempo of its own, in place of one curve for the song.
        best_of: Number of decodes to choose from.
        refine: Exchange single tokens or notes to reduce the remaining error.
        program: General MIDI program of the faded part, 0 to 127; None keeps its own.
        device: Device of a model that is loaded here.
        places: Files that the caller will write, refused here where they cannot be written.
        max_minutes: Longest sound among them.
        force: Allow existing files among them.
        watch: Progress, 0 to 1.

    Returns:
        The song, with the report.

    Raises:
        ConfigError: No fader is set, one is set in two ways or has no such way, the bars are not bars, or the
            emotion has other numbers than two from 0 to 1, or the chords are none.
        LatentError: The model has no valence, or one that listeners do not bear out.
        MidiError: No window of the model has a bar that is set, or General MIDI has no such program.
    """
    settings, slopes = by_full_name(values or {}), by_full_name(ramps or {})
    lanes_of_controllers = {number: full_name(name) for number, name in (controllers or {}).items()}
    if isinstance(automation, str | Path):
        automation = read_lanes(automation)
    table = by_full_name(automation or {})
    names = [*settings, *slopes, *table, *lanes_of_controllers.values()]
    if emotion is not None:
        settings[AROUSAL.name], valence = _plane(emotion)
        names.append(AROUSAL.name)
    if not names:
        raise ConfigError(
            'No fader is set. Give values, as {"arousal": 0.9}, an emotion, ramps, automation or controllers.'
        )
    if twice := set_twice(names):
        raise ConfigError(f"{twice} is set in two ways. Keep one.")
    only, way = _bar_numbers(bars), via_of(via)
    if program is not None:
        check_program(program)
    source = Source(file, track)

    def plan(found: Sequence[Intake]) -> Plan:
        if scores := [place for place in places if is_score(place)]:
            raise MidiError(
                f"A whole song is written as MIDI only. Use a name that ends in .mid, not {scores[0]}."
            )
        refuse_existing(places, force)
        if found and any(place.suffix.lower() == SOUND for place in places):
            check_length(parts_of(found[0].song)[1], max_minutes, file)
        return IN_MEMORY.plan((), "")

    on_notes = way is not Via.LATENT and all(has_exact_edit(name, polyphonic=True) for name in names)
    need = replace(FADE, faders=tuple(names), on_notes=on_notes)
    checked = check(need, model, [source], plan=plan, device=device)
    (intake,), faders = checked.intakes, checked.facts.faders
    mixed, original = None, intake.song
    if emotion is not None:
        mixed = move_valence(intake.song, checked.facts.grid, valence_of(checked.facts), valence)
        if mixed.step and keep is not None:
            refuse_mixed(
                keep_of(keep, intake.song, polyphonic=True, model=checked.facts.name).names(original)
            )
        intake = every_window(replace(source, read_before=mixed.song), checked.facts)
    lines, spans = bar_lines(intake.song), bar_spans(intake.reading)
    in_song = range(len(lines) - 1) if only is None else sorted(only)
    lanes = {name: constant(setting, in_song) for name, setting in settings.items()} | table
    for name, ends in slopes.items():
        lanes[name] = ramp([span for span in spans if not only or only & set(range(*span))], *ends)
    for number, name in lanes_of_controllers.items():
        lanes[name] = _controller_lane(source.name, number, intake, lines, faders[name])
    if only is not None:
        lanes = {name: {bar: w for bar, w in lane.items() if bar in only} for name, lane in lanes.items()}
    arranged = arranged_faders(faders, checked.facts.tokenizer)
    exact = exact_faders(lanes, way, polyphonic=checked.facts.tokenizer.polyphonic, arranged=arranged)
    versions = versions_of(spans, lanes, exact - {TEMPO})
    if not versions:
        reasons = "".join(f"; {bars}: {why}" for bars, why in unchanged_bars(intake, [])[1:])
        raise MidiError(
            f"No fader is set in {bars_in_words(spans)} of {source.name}, the bars that the model "
            f"reads{reasons}. Choose other bars."
        )
    polyphonic = checked.facts.tokenizer.polyphonic
    drums = checked.facts.tokenizer.drums
    kept = keep_of(keep, intake.song, polyphonic=polyphonic, drums=drums, model=checked.facts.name)
    if drums and chords is not None:
        raise ConfigError("Chords bind pitched notes, and drums have none. Leave out --chords.")
    harmony = song_chords(intake.song, source.name, chords)
    vae = faders_of(checked)
    fine = replace(intake, song=with_whole_steps(intake.song))
    fine_lines = bar_lines(fine.song)
    phrases, too_full = thin_full_bars(fine, vae, versions, fine_lines)
    locks = locks_of(
        kept, intake, phrases, [each.row for each in versions], harmony, one_voice=not polyphonic
    )
    faded = fade_versions(
        vae,
        fine.song,
        phrases,
        versions,
        intake.reading.start_bar,
        fine_lines,
        tracks=tracks_read(fine.song, intake.reading.track, intake.reading.drums),
        ramps={*slopes, *lanes_of_controllers.values()},
        rubato=rubato,
        hold=[full_name(each) for each in ([hold] if isinstance(hold, str) else hold)],
        best_of=best_of,
        refine=refine,
        locks=locks,
        watch=watch,
    )
    spliced = put_back(
        intake,
        faded,
        one_voice=not polyphonic,
        program=program,
        closed=closed_tracks(kept, intake),
        whole_song=only is None and not {TEMPO, AROUSAL.name}.isdisjoint({*settings, *slopes}),
    )
    edited = edit_notes(
        vae,
        intake,
        spliced.song,
        faded,
        {name: lanes[name] for name in lanes if name in exact - {TEMPO}},
        kept,
    )
    named = only if only is not None else {bar for lane in table.values() for bar in lane}
    details = FadeReport(
        vae.name,
        faders,
        intake,
        lanes,
        edited.faded,
        too_full,
        with_exact(spliced, edited, program),
        beyond=sorted(bar for bar in named if bar >= max(len(lines) - 2, spans[-1][1])),
        best_of=best_of,
        decodes_each=best_of + vae.decodes_beside(refine=refine, locked=locks is not None),
        why=checked.why,
        on_notes=isinstance(vae, NoteFaders),
        exact=exact,
        arranged=arranged,
        edits=edited.edits,
        kept=kept.names(intake.song),
        valence=mixed,
        chords=harmony,
        original=original,
    )
    return FadeResult(details.spliced.song, details, vae.tokenizer.polyphonic)


def _plane(emotion: tuple[float, float]) -> tuple[float, float]:
    """Arousal and valence; `ConfigError` for numbers beyond 0 to 1."""
    arousal, valence = emotion
    if not (0 <= arousal <= 1 and 0 <= valence <= 1):
        raise ConfigError(f"An emotion is (arousal, valence), two numbers from 0 to 1, not {emotion!r:.60}.")
    return arousal, valence


def _bar_numbers(bars: str | Iterable[int] | None) -> set[int] | None:
    """Bars from 0; `ConfigError` for text that names none."""
    if bars is None:
        return None
    try:
        return parse_bars(bars if isinstance(bars, str) else ",".join(str(bar) for bar in bars))
    except ValueError:
        raise ConfigError(f"{bars!r} names no bars. Give them as 5-12, or 1-4,9.") from None


def _controller_lane(file: str, number: int, intake: Intake, lines: Sequence[int], fader: Fader) -> Lane:
    if intake.song.events is None:
        raise ConfigError(
            f"{file} was not read from MIDI, and only MIDI files have controllers. Use automation."
        )
    track = intake.reading.track
    lanes = control_lanes(intake.song.events, number)
    lane = choose_lane(file, number, lanes, None if track is None else track.name)
    return lane_of(lane, lines, fader)

"""Reports on files: which windows the models read, and why everything else is left out.

Users of melody models often ask why their files vanish: a metre change, a rest or a chord, and a converter
returns nothing and gives no reason. `inspect` is the answer. For one file it reports the metre map, the
tempo map and each track: its notes, their distance from the grid, whether it is read as the melody and why;
for each model the windows that fit and their bars; and for each drop a reason code, a count and a sentence.

A file that cannot be read has a report as well, with its fault. Bars count from 1 here, as for musicians.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from symvae.errors import MidiError
from symvae.music.bars import sections
from symvae.music.beat import has_beat
from symvae.music.chord_symbols import chords_in_words
from symvae.music.drum_kit import DRUM_PITCHES
from symvae.music.io.source import Music, load_any, name_of
from symvae.music.melody_line import alone_share, choose_track
from symvae.music.part import DRUMS
from symvae.music.pitch import PIANO_PITCHES
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song
from symvae.music.windows import whole, windows
from symvae.pipelines.inspect_report import (
    ChordReport,
    MetreReport,
    ModelFit,
    Report,
    TempoReport,
    TrackReport,
    unread_report,
)
from symvae.pipelines.uses import uses_of
from symvae.system.choice import ModelFacts, released


def inspect(
    source: Music, models: Sequence[ModelFacts] | None = None, track: str | int | None = None, name: str = ""
) -> Report:
    """Report on a file.

    Args:
        source: A MIDI, MusicXML or ABC file, or music in any other form.
        models: Models whose windows are reported; by default the released ones.
        track: Name or number of the track to read as the melody; by default the most melody-like one.
        name: Name of the file in the report; by default its path.

    Returns:
        The report; a file that cannot be read has one with its fault.
    """
    name = name or name_of(source)
    try:
        song = load_any(source)
    except MidiError as error:
        return unread_report(name, Reason.UNREADABLE, str(error))
    models = released() if models is None else models
    report = inspect_song(song, models, track, file=name)
    return replace(report, uses=uses_of(name, song, track))


def inspect_song(
    song: Song, models: Sequence[ModelFacts], track: str | int | None = None, file: str = ""
) -> Report:
    """Report on a song.

    Args:
        song: The song.
        models: Models whose windows are reported.
        track: Name or number of the track to read as the melody; by default the most melody-like one.
        file: Name of the file in the report.

    Returns:
        The report.
    """
    stretches = sections(song)
    choice = choose_track(song, None if track == DRUMS else track)
    reports = tuple(
        _track_report(song, i, models, choice.why if choice and choice.index == i else None)
        for i in range(len(song.tracks))
    )
    dropped = []
    if not song.num_notes:
        dropped.append(Dropped("song", Reason.EMPTY))
    elif choice is None:
        dropped.append(Dropped("song", Reason.DRUMS, "all its notes are in drum tracks", song.num_notes))
    *starts, end_sec = _seconds_of(song, [*(tempo.tick for tempo in song.tempos), song.end_tick])
    return Report(
        file=file or song.name,
        fault=None,
        ticks_per_quarter=song.ticks_per_quarter,
        duration_sec=end_sec,
        num_bars=sum(s.num_file_bars for s in stretches),
        num_notes=song.num_notes,
        metres=tuple(MetreReport(s.metre, s.first_bar + 1, s.num_file_bars, s.grid_metre) for s in stretches),
        tempos=tuple(
            TempoReport(start, round(tempo.qpm, 2)) for start, tempo in zip(starts, song.tempos, strict=True)
        ),
        tracks=reports,
        dropped=tuple(dropped),
        repairs=tuple(map(str, song.repairs)),
        has_beat=has_beat(song.onset_quarter),
        chords=ChordReport(len(song.chords), song.chords_from, chords_in_words(song.chords))
        if song.chords
        else None,
    )


def _track_report(
    song: Song, index: int, models: Sequence[ModelFacts], why_melody: str | None
) -> TrackReport:
    part = song.tracks[index]
    takers = [model for model in models if model.tokenizer.drums == part.is_drum]
    as_drums = part.is_drum and bool(takers)
    line = whole(song, index, pitch_range=DRUM_PITCHES if as_drums else PIANO_PITCHES, drums=as_drums)
    return TrackReport(
        index=index,
        name=part.name,
        program=part.program,
        programs=part.programs or (part.program,),
        channels=part.channels,
        is_drum=part.is_drum,
        num_notes=len(part),
        lowest_pitch=int(part.pitch.min()) if len(part) else None,
        highest_pitch=int(part.pitch.max()) if len(part) else None,
        monophonic_share=alone_share(part, song.ticks_per_quarter) if len(part) else 0.0,
        timing=line.timing,
        is_melody=why_melody is not None,
        why=why_melody or "",
        num_melody_notes=sum(len(phrase) for phrase in line.phrases),
        num_melody_notes_cut=line.num_cut,
        dropped=line.dropped,
        models=tuple(_fit(song, index, model) for model in takers) if len(part) else (),
    )


def _fit(song: Song, index: int, model: ModelFacts) -> ModelFit:
    grid, tokenizer = model.grid, model.tokenizer
    reading = windows(
        song,
        grid,
        index,
        polyphonic=tokenizer.polyphonic,
        pitch_range=tokenizer.pitch_range,
        drums=tokenizer.drums,
    )
    spans = zip(reading.start_bar, reading.end_bar, strict=True)
    return ModelFit(
        model=model.name,
        metre=grid.metre,
        window_bars=grid.bars,
        num_windows=len(reading.phrases),
        bars=tuple((start + 1, end) for start, end in spans),
        dropped=reading.dropped,
    )


def _seconds_of(song: Song, ticks: Sequence[int]) -> list[float]:
    """Times of ticks in seconds, in a time that grows with the number of tempo changes and not its square."""
    change = np.array([tempo.tick for tempo in song.tempos], np.float64)
    tick_sec = 60.0 / song.ticks_per_quarter / np.array([tempo.qpm for tempo in song.tempos])
    change_sec = np.concatenate([[0.0], np.cumsum(np.diff(change) * tick_sec[:-1])])
    last = np.searchsorted(change, ticks, "right") - 1
    seconds = change_sec[last] + (np.array(ticks) - change[last]) * tick_sec[last]
    return [round(float(second), 3) for second in seconds]

"""Phrases of a song decoded with their faders moved, once for every distinct set of settings.

A `Version` is one phrase under one set of settings, which some or all of its bars have. A bar takes its notes
from the version of its own settings; a bar without settings stays as it is in the song.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from math import inf

import numpy as np

from symvae.attributes.drum_arousal import drum_arousal
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.locks import Lock
from symvae.music.phrase import Phrase, join
from symvae.music.song import Song
from symvae.music.tempo_map import TempoSpan
from symvae.pipelines.common_loudness import with_common_loudness
from symvae.pipelines.tempo_plan import mean_ratio
from symvae.pipelines.version import Faded, Version
from symvae.pipelines.version_tempos import (
    joined_tempos,
    sets_tempo,
    tempo_changes,
    unchanged_versions,
)
from symvae.pipelines.whole_song import Place, connect
from symvae.system.faders.performance import LOUDNESS, TEMPO
from symvae.system.faders.request import AROUSAL, asked_values
from symvae.system.faders.scales import measure_phrases
from symvae.system.note_faders import FaderModel

#: Phrases decoded between two reports of progress.
CHUNK = 16


def fade_versions(
    model: FaderModel,
    song: Song,
    phrases: Sequence[Phrase],
    versions: Sequence[Version],
    starts: Sequence[int],
    lines: Sequence[int],
    *,
    tracks: Sequence[int],
    hold: Sequence[str] = (),
    ramps: Collection[str] = (),
    rubato: bool = False,
    best_of: int = 1,
    refine: bool = True,
    locks: Sequence[Lock] | None = None,
    watch: Callable[[float], None] = lambda share: None,
) -> list[Faded]:
    """Decode and measure every version, except those whose bars have all values of the model already.

    All tracks share the tempo: it moves where it or arousal is set, and is held elsewhere, although it may be
    coupled to other faders. Its value before is that of the song at the version's first bar. Notes that go on
    keep their velocity, where loudness or arousal is set their accents, and in polyphonic music their length
    unless a fader of lengths is set. Bars that are alike get the same edit, notes held over the ends of
    phrases stay whole (`whole_song`), and the tempos of phrases are joined (`tempo_plan`).

    Args:
        model: Model with faders.
        song: The song.
        phrases: The phrase of each version, as the model reads it.
        versions: The versions to decode.
        starts: First bar of each phrase, from 0.
        lines: Tick of every bar line.
        tracks: Numbers of the tracks that the phrases were read from, from 0.
        hold: Faders that must not move with coupled ones.
        ramps: Faders whose settings move on an arc over the song.
        rubato: Give each phrase the tempo that the model finds for it.
        best_of: Number of decodes to choose from.
        refine: Exchange single tokens or notes to reduce the remaining error.
        locks: What of each version stays.
        watch: Progress, 0 to 1.

    Returns:
        One result for each version.
    """
    sources = [
        phrase.with_tempo(song.tempo_qpm_at(lines[version.bars[0]]))
        for phrase, version in zip(phrases, versions, strict=True)
    ]
    changes = [tempo_changes(song, version.bars, lines) for version in versions]
    unlimited = {name: fader._replace(low=-inf, high=inf) for name, fader in model.faders.items()}

    def own_bars(phrase: Phrase, version: Version) -> Phrase:
        return bars_in_song(phrase, starts[version.row], version.bars, song, lines)

    before = list(measured(model, [own_bars(*pair) for pair in zip(sources, versions, strict=True)]))
    asked = [
        asked_values(unlimited, version.settings, values)
        for version, values in zip(versions, before, strict=True)
    ]
    unchanged = unchanged_versions(versions, asked, before, changes)
    results: dict[int, Phrase] = {}
    groups: dict[frozenset[str], list[int]] = {}
    for row, version in enumerate(versions):
        if not unchanged[row]:
            steady = {TEMPO}.isdisjoint(version.settings) and AROUSAL.name not in version.settings
            held = version.exact | ({TEMPO} & model.faders.keys() if steady else set())
            groups.setdefault(held, []).append(row)
    total = sum(map(len, groups.values()))
    for held, rows in groups.items():
        for chunk in (rows[first : first + CHUNK] for first in range(0, len(rows), CHUNK)):
            settings = [versions[row].left for row in chunk]
            decoded = model.fade_each(
                [sources[row] for row in chunk],
                settings,
                hold={*hold, *held},
                best_of=best_of,
                refine=refine,
                locks=None if locks is None else [locks[row] for row in chunk],
            )
            results |= dict(zip(chunk, decoded, strict=True))
            watch(len(results) / total)
    if not total:
        watch(1.0)
    driven = [row for row, version in enumerate(versions) if AROUSAL.name in version.left]
    if driven and LOUDNESS in model.faders and not any(LOUDNESS in each.settings for each in versions):
        number = {row: place for place, row in enumerate(driven)}
        moved = {number[row]: phrase for row, phrase in results.items() if row in number}
        even = with_common_loudness([sources[row] for row in driven], moved)
        results |= {driven[place]: phrase for place, phrase in even.items()}
    place = Place(song, tracks, starts, lines, one_voice=not model.tokenizer.polyphonic)
    results = connect(place, versions, sources, results, hold)
    if (
        locks is not None
    ):  # a bar that takes the edit of another may have lost a note that only it has to keep
        for row, phrase in results.items():
            if not locks[row].holds(phrase):
                results[row] = locks[row].restore(phrase).without_overlaps()
    after = [results.get(row, source) for row, source in enumerate(sources)]
    rows = [row for row in results if sets_tempo(model, asked[row], hold)]
    if rubato:
        tempos = {
            row: [TempoSpan(lines[bar], lines[bar + 1], after[row].tempo_qpm) for bar in versions[row].bars]
            for row in rows
            if after[row].tempo_qpm != sources[row].tempo_qpm or changes[row]
        }
    else:
        tempos = joined_tempos(model, song, lines, versions, asked, sources, results, rows, ramps)
        for row in results:
            ratio = mean_ratio(song, tempos.get(row, []))
            after[row] = after[row].with_tempo(sources[row].tempo_qpm * ratio)
    parts = [own_bars(*pair) for pair in zip(after, versions, strict=True)]
    faded = []
    for row, achieved in enumerate(measured(model, parts)):
        aimed = {name: model.faders[name].nearest(value) for name, value in asked[row].items()}
        faded.append(
            Faded(
                versions[row],
                sources[row],
                after[row],
                len(parts[row]),
                before[row],
                asked[row],
                asked[row] if unchanged[row] else aimed,
                achieved,
                unchanged[row],
                row in tempos,
                changes[row] if rubato and row in tempos else 0,
                tuple(tempos.get(row, ())),
                not unchanged[row] and not versions[row].is_performance,
            )
        )
    return faded


def bars_in_song(phrase: Phrase, start: int, bars: Sequence[int], song: Song, lines: Sequence[int]) -> Phrase:
    """Bars of a phrase that are bars of the song, one after the other.

    The song may have fewer bars than the grid: silence was appended, or its metre changes within a bar.

    Args:
        phrase: The phrase.
        start: Bar of the song where it begins, from 0.
        bars: Bars of the song to take.
        song: The song.
        lines: Tick of every bar line.

    Returns:
        Their notes as a phrase.
    """
    step_tick = step_ticks(song)
    tick = lines[start] + phrase.onset_step * step_tick
    inside = np.isin(np.searchsorted(lines, np.floor(tick + 0.5), side="right") - 1, bars)
    phrase = phrase.select(inside)
    # A bar of the song is a bar of the grid, a part of one (2/4), or several (12/8).
    ticks = [(lines[bar] - lines[start], lines[bar + 1] - lines[start]) for bar in bars]
    steps = [(round(first / step_tick), round(end / step_tick)) for first, end in ticks]
    per_bar, last = phrase.grid.steps_per_bar, phrase.grid.num_steps - 1
    grid_bars = np.unique(
        [bar for a, b in steps for bar in range(a // per_bar, min(max(a, b - 1), last) // per_bar + 1)]
    )
    runs = np.split(grid_bars, np.flatnonzero(np.diff(grid_bars) > 1) + 1)
    return join([phrase.window(int(run[0]), len(run)) for run in runs])


def step_ticks(song: Song) -> float:
    """Ticks of a sixteenth.

    Args:
        song: The song.

    Returns:
        Ticks; not always a whole number.
    """
    return song.ticks_per_quarter / STEPS_PER_QUARTER


def measured(model: FaderModel, phrases: Sequence[Phrase]) -> Iterator[dict[str, float]]:
    """Measure every fader of the model.

    Args:
        model: Model with faders.
        phrases: The phrases.

    Yields:
        Values of one phrase by fader, in the fader's unit.
    """
    scales = model.scales
    values = measure_phrases(phrases, scales.names)
    columns = dict(zip(scales.names, values.T, strict=True))
    if model.tokenizer.drums:
        columns[AROUSAL.name] = np.array([drum_arousal(phrase) for phrase in phrases])
    elif scales.arousal is not None:
        columns[AROUSAL.name] = scales.arousal.of(scales.positions(values).double().numpy())
    for row in range(len(phrases)):
        yield {name: float(column[row]) for name, column in columns.items()}

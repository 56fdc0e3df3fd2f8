"""Tempos of versions: which of them set the tempo, which have it already, and their joined tempos."""

from collections.abc import Collection, Hashable, Mapping, Sequence

import numpy as np

from symvae.music.phrase import Phrase
from symvae.music.song import Song
from symvae.music.tempo_map import TempoSpan
from symvae.pipelines.common_tempo import common_ratio
from symvae.pipelines.tempo_plan import Moved, plan_tempos
from symvae.pipelines.version import Version
from symvae.system.faders.performance import TEMPO
from symvae.system.faders.request import AROUSAL, asked_values
from symvae.system.note_faders import FaderModel


def sets_tempo(model: FaderModel, asked: Collection[str], hold: Collection[str]) -> bool:
    """Say whether a request moves the tempo.

    Args:
        model: Model with faders.
        asked: Faders that are set.
        hold: Faders that must not move with coupled ones.

    Returns:
        True if the tempo is set, or arousal, where the model has a fader of the tempo that is not held.
    """
    aroused = AROUSAL.name in asked and TEMPO in model.faders.keys() - set(hold)
    return TEMPO in asked or aroused


def unchanged_versions(
    versions: Sequence[Version],
    asked: Sequence[Mapping[str, float]],
    before: Sequence[Mapping[str, float]],
    changes: Sequence[int],
) -> list[bool]:
    """Find the versions that have all values already.

    Args:
        versions: The versions.
        asked: Values that are asked for, by fader.
        before: Values of their bars, by fader.
        changes: Tempo changes inside the bars of each.

    Returns:
        True for these, exact edits aside; where a tempo is set, all bars for which it is set have to have it.
    """
    off_tempo = {
        version.left[TEMPO]
        for version, wanted, values, number in zip(versions, asked, before, changes, strict=True)
        if TEMPO in version.left and (number or wanted[TEMPO] != values[TEMPO])
    }
    return [
        all(wanted[name] == values[name] for name in version.left)
        and version.left.get(TEMPO) not in off_tempo
        for version, wanted, values in zip(versions, asked, before, strict=True)
    ]


def joined_tempos(
    model: FaderModel,
    song: Song,
    lines: Sequence[int],
    versions: Sequence[Version],
    asked: Sequence[Mapping[str, float]],
    sources: Sequence[Phrase],
    results: Mapping[int, Phrase],
    rows: Sequence[int],
    ramps: Collection[str],
) -> dict[int, list[TempoSpan]]:
    """Join the tempos of versions (`tempo_plan`).

    Args:
        model: Model with faders.
        song: The song.
        lines: Tick of every bar line.
        versions: The versions.
        asked: Values that are asked for, by fader.
        sources: Phrases before.
        results: Phrases after, with the tempo that the model found, by their numbers.
        rows: Numbers of the versions that set the tempo.
        ramps: Faders whose settings move on an arc over the song.

    Returns:
        Tempos of their bars, by the numbers of the versions.
    """
    ordered = sorted(rows, key=lambda row: versions[row].bars)
    ratio = {row: results[row].tempo_qpm / sources[row].tempo_qpm for row in ordered}
    moved = [_moved(model, versions[row], asked[row], ratio[row], ramps) for row in ordered]
    by_arousal: dict[Hashable, list[int]] = {}
    for number, each in enumerate(moved):
        if each.target is None and not each.is_ramp:
            by_arousal.setdefault(each.setting, []).append(number)
    for numbers in by_arousal.values():
        windows = [moved[number] for number in numbers]
        rows_of = [ordered[number] for number in numbers]
        common = common_ratio(
            model.scales,
            [results[row].with_tempo(sources[row].tempo_qpm) for row in rows_of],
            [len(each.bars) for each in windows],
            [each.ratio for each in windows],
            float(np.mean([each.value for each in windows])),
        )
        for number in numbers:
            moved[number] = moved[number]._replace(ratio=common)
    return dict(zip(ordered, plan_tempos(song, lines, moved), strict=True))


def tempo_changes(song: Song, bars: Sequence[int], lines: Sequence[int]) -> int:
    """Number of tempo changes inside some bars of the song.

    Args:
        song: The song.
        bars: The bars, from 0.
        lines: Tick of every bar line.

    Returns:
        Changes of the tempo, rounded to two decimals, after the first of the bars begins.
    """
    change = np.array([change.tick for change in song.tempos])
    inside = np.isin(np.searchsorted(lines, change, side="right") - 1, bars)
    ticks = np.union1d(np.array(lines)[list(bars)], change[inside])
    return int(np.count_nonzero(np.diff(song.tempo_qpm_of(ticks).round(2))))


def _moved(
    model: FaderModel, version: Version, asked: Mapping[str, float], ratio: float, ramps: Collection[str]
) -> Moved:
    """The tempo of a version, as it was asked for or as the model found it."""
    settings = version.settings
    name = TEMPO if TEMPO in settings else AROUSAL.name
    fader = {TEMPO: model.faders[TEMPO]} if TEMPO in settings else {}

    def target(present_qpm: float) -> float:
        return asked_values(fader, {TEMPO: settings[TEMPO]}, {TEMPO: present_qpm})[TEMPO]

    return Moved(
        version.bars,
        (settings.get(TEMPO), settings.get(AROUSAL.name)),
        model.faders[name].nearest(asked[name]),
        ratio,
        target if TEMPO in settings else None,
        name in ramps,
    )

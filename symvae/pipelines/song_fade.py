"""A whole song through the faders: which phrases are decoded how often, and how the song is put together.

Each phrase is decoded once for every distinct set of wishes that its bars have: a `Version`. A bar takes
its notes from the version for its own wishes; a bar without wishes stays as it is in the song.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from symvae.cli.console import progress_bar
from symvae.errors import MidiError
from symvae.pipelines.automation import Lane, Wish, wishes_at
from symvae.pipelines.intake import Taken, bar_spans

if TYPE_CHECKING:
    from symvae.music.phrase import Phrase
    from symvae.music.song import Song
    from symvae.music.splice import Spliced
    from symvae.system.symvae import SymVAE

#: Phrases decoded between two moves of the progress bar.
CHUNK = 16
#: Phrases in the picture, one row each: beyond, nobody can read it.
MOST_ROWS = 16
TEMPO = "tempo"


@dataclass(frozen=True)
class Version:
    """A phrase of the song under one set of wishes, and the song's bars, from 0, that take it."""

    row: int
    """Which of the phrases that were taken."""
    wishes: dict[str, Wish]
    bars: tuple[int, ...]


@dataclass(frozen=True)
class Faded:
    """What became of a version; values by fader, measured on its bars in the song and on no others."""

    version: Version
    phrase: "Phrase"
    """All that was decoded."""
    notes: int
    """How many of its notes are in the version's bars."""
    before: dict[str, float]
    asked: dict[str, float]
    """The wishes as values, changes added to what was there."""
    aimed: dict[str, float]
    """The same within the faders' reach."""
    achieved: dict[str, float]
    stays: bool
    """Whether its bars had what is asked for already, and stay as they are in the song."""
    sets_tempo: bool
    """Whether its bars have one tempo now, the phrase's; else they keep the song's own."""
    tempo_changes: int
    """Changes of the song's tempo inside its bars that fall away for that one."""


class Thinned(NamedTuple):
    """Notes left out of a bar (the song's, from 0) that holds too many for the model."""

    bar: int
    notes: int


def versions_of(spans: Sequence[tuple[int, int]], lanes: Mapping[str, Lane]) -> list[Version]:
    """One version for each phrase and distinct set of wishes, front to back."""
    versions = []
    for row, (start, end) in enumerate(spans):
        bars_of: dict[tuple[tuple[str, Wish], ...], list[int]] = {}
        for bar in range(start, end):
            if wishes := wishes_at(lanes, bar):
                bars_of.setdefault(tuple(wishes.items()), []).append(bar)
        versions += [Version(row, dict(wishes), tuple(bars)) for wishes, bars in bars_of.items()]
    return versions


def thinned(
    taken: Taken, model: "SymVAE", versions: Sequence[Version], lines: Sequence[int]
) -> tuple[list["Phrase"], list[Thinned]]:
    """The phrases with no bar too full for the model, and what that cost those that are faded."""
    import numpy as np

    phrases = [model.tokenizer.fit(phrase) for phrase in taken.phrases]
    gone = []
    for row in sorted({version.row for version in versions}):
        before, after, start = taken.phrases[row], phrases[row], taken.reading.start_bar[row]
        per_bar = before.grid.steps_per_bar
        counts = [
            np.bincount(each.onset_step // per_bar, minlength=before.grid.bars) for each in (before, after)
        ]
        for bar in np.flatnonzero(counts[0] - counts[1]).tolist():
            tick = lines[start] + bar * per_bar * _step_tick(taken.song)
            of_song = int(np.searchsorted(lines, tick, side="right")) - 1
            gone.append(Thinned(of_song, int((counts[0] - counts[1])[bar])))
    return phrases, gone


def fade_versions(
    model: "SymVAE",
    taken: Taken,
    phrases: Sequence["Phrase"],
    versions: Sequence[Version],
    lines: Sequence[int],
    *,
    hold: Sequence[str] = (),
    best_of: int = 1,
    refine: bool = True,
) -> list[Faded]:
    """Every version decoded and measured, with a progress bar, but for those that have what is asked for.

    The tempo is every track's: it moves where it is asked for, or arousal is, and is held elsewhere, even
    where it would go along with another fader. What it was is the song's at the version's first bar.
    """
    from symvae.system.faders.request import AROUSAL, asked_values

    song, spans = taken.song, bar_spans(taken.reading)
    sources = [
        phrases[version.row].with_tempo(song.tempo_qpm_at(lines[version.bars[0]])) for version in versions
    ]
    changes = [tempo_changes(song, version.bars, lines) for version in versions]
    boundless = {
        name: fader._replace(low=-float("inf"), high=float("inf")) for name, fader in model.faders.items()
    }

    def own_bars(phrase: "Phrase", version: Version) -> "Phrase":
        return bars_in_song(phrase, spans[version.row][0], version.bars, song, lines)

    before = list(_measured(model, [own_bars(*each) for each in zip(sources, versions, strict=True)]))
    asked = [asked_values(boundless, each.wishes, now) for each, now in zip(versions, before, strict=True)]
    stays = [
        wish.items() <= now.items() and not (TEMPO in wish and number)
        for wish, now, number in zip(asked, before, changes, strict=True)
    ]
    free = [bool({TEMPO, AROUSAL.name} & version.wishes.keys()) for version in versions]
    results: dict[int, Phrase] = {}
    with progress_bar() as progress:
        task = progress.add_task("fading", total=stays.count(False), note="phrases")
        for group in (True, False):
            rows = [row for row, is_free in enumerate(free) if is_free == group and not stays[row]]
            held = {*hold, *({TEMPO} & model.faders.keys() if not group else ())}
            for part in (rows[first : first + CHUNK] for first in range(0, len(rows), CHUNK)):
                wishes = [versions[row].wishes for row in part]
                new = model.fade_each(
                    [sources[row] for row in part], wishes, hold=held, best_of=best_of, refine=refine
                )
                results |= dict(zip(part, new, strict=True))
                progress.update(task, completed=len(results))
    after = [results.get(row, source) for row, source in enumerate(sources)]
    parts = [own_bars(*each) for each in zip(after, versions, strict=True)]
    leads = AROUSAL.name if TEMPO in model.faders.keys() - set(hold) else TEMPO
    faded = []
    for row, achieved in enumerate(_measured(model, parts)):
        aimed = {name: model.faders[name].nearest(value) for name, value in asked[row].items()}
        moved = after[row].tempo_qpm != sources[row].tempo_qpm or changes[row] > 0
        sets_tempo = moved and not stays[row] and bool({TEMPO, leads} & asked[row].keys())
        faded.append(
            Faded(
                versions[row],
                after[row],
                len(parts[row]),
                before[row],
                asked[row],
                asked[row] if stays[row] else aimed,
                achieved,
                stays[row],
                sets_tempo,
                changes[row] if sets_tempo else 0,
            )
        )
    return faded


def bars_in_song(
    phrase: "Phrase", start: int, bars: Sequence[int], song: "Song", lines: Sequence[int]
) -> "Phrase":
    """What a phrase has in these bars of the song, where it begins with bar ``start``, one after the other.

    The song may have less than the grid: silence was added, or its metre changes within a bar.
    """
    import numpy as np

    from symvae.music.phrase import join

    step_tick = _step_tick(song)
    tick = lines[start] + phrase.onset_step * step_tick
    inside = np.isin(np.searchsorted(lines, np.floor(tick + 0.5), side="right") - 1, bars)
    phrase = phrase.select(inside)
    first_step = [round((lines[bar] - lines[start]) / step_tick) for bar in bars]
    of_grid = np.unique(np.array(first_step) // phrase.grid.steps_per_bar)
    runs = np.split(of_grid, np.flatnonzero(np.diff(of_grid) > 1) + 1)
    return join([phrase.window(int(run[0]), len(run)) for run in runs])


def tempo_changes(song: "Song", bars: Sequence[int], lines: Sequence[int]) -> int:
    """How often the tempo, to two decimals, is another one in these bars of the song than before in them."""
    import numpy as np

    change = np.array([change.tick for change in song.tempos])
    inside = np.isin(np.searchsorted(lines, change, side="right") - 1, bars)
    ticks = np.union1d(np.array(lines)[list(bars)], change[inside])
    return int(np.count_nonzero(np.diff(song.tempo_qpm_of(ticks).round(2))))


def _measured(model: "SymVAE", phrases: Sequence["Phrase"]) -> Iterator[dict[str, float]]:
    """Where each phrase has the model's faders, in their units."""
    from symvae.system.faders.request import AROUSAL
    from symvae.system.faders.scales import measure_phrases

    scales = model.scales
    values = measure_phrases(phrases, scales.names)
    columns = dict(zip(scales.names, values.T, strict=True))
    if scales.arousal is not None:
        columns[AROUSAL.name] = scales.arousal.of(scales.positions(values).double().numpy())
    for row in range(len(phrases)):
        yield {name: float(column[row]) for name, column in columns.items()}


def tracks_read(taken: Taken) -> list[int]:
    """Numbers of the tracks that the phrases were read from: one, or all with pitched notes."""
    if taken.reading.track is not None:
        return [taken.reading.track.index]
    return [i for i, part in enumerate(taken.song.tracks) if len(part) and not part.is_drum]


def put_back(
    taken: Taken, model: "SymVAE", faded: Sequence[Faded], lines: Sequence[int], program: int | None
) -> "Spliced":
    """The song with every bar that was asked for taken from its version."""
    from symvae.music.splice import Patch, splice

    spans = bar_spans(taken.reading)
    patches = []
    for each in (each for each in faded if not each.stays):
        start, end = spans[each.version.row]
        tempo_qpm = each.phrase.tempo_qpm if each.sets_tempo else None
        patches += [
            Patch(each.phrase, lines[start], lines[bar], lines[bar + 1], lines[end], tempo_qpm)
            for bar in each.version.bars
        ]
    one_voice = not model.tokenizer.polyphonic
    return splice(taken.song, patches, tracks_read(taken), one_voice=one_voice, program=program)


def phrases_in(song: "Song", taken: Taken, model: "SymVAE") -> list["Phrase"]:
    """The bars of the phrases that were taken as they are in the new song; silence where no note starts."""
    from symvae.music.phrase import Phrase
    from symvae.music.windows import windows

    track = None if taken.reading.track is None else taken.reading.track.index
    polyphonic = model.tokenizer.polyphonic
    reading = windows(song, model.grid, track, polyphonic=polyphonic)
    known = dict(zip(reading.start_bar, reading.phrases, strict=True))
    return [
        known.get(start, Phrase(model.grid, tempo_qpm=old.tempo_qpm))
        for old, start in zip(taken.phrases, taken.reading.start_bar, strict=True)
    ]


def unchanged(taken: Taken, faded: Sequence[Faded]) -> list[tuple[str, str]]:
    """Bars that stay as they are, and why: ("bars 9-10", "not asked for")."""
    from symvae.music.bars import bars_in_words

    asked = {bar for each in faded for bar in each.version.bars}
    left = [bar for start, end in bar_spans(taken.reading) for bar in range(start, end) if bar not in asked]
    met = sorted(bar for each in faded if each.stays for bar in each.version.bars)
    found = [
        (bars_in_words([(bar, bar + 1) for bar in bars]), why)
        for bars, why in ((left, "not asked for"), (met, "as asked for already"))
        if bars
    ]
    for dropped in taken.reading.dropped:
        if dropped.what in ("window", "section"):
            bars, _, why = dropped.detail.partition(": ")
            found.append((bars, why))
    return found


def nothing_to_fade(taken: Taken) -> MidiError:
    """The fault where wishes and phrases do not meet in any bar."""
    from symvae.music.bars import bars_in_words

    reasons = "".join(f"; {bars}: {why}" for bars, why in unchanged(taken, [])[1:])
    return MidiError(
        f"Nothing is asked for in {bars_in_words(bar_spans(taken.reading))} of {taken.file}, which are what "
        f"the model takes{reasons}. Choose other bars."
    )


def _step_tick(song: "Song") -> float:
    from symvae.music.grid import STEPS_PER_QUARTER

    return song.ticks_per_quarter / STEPS_PER_QUARTER

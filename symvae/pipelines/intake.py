"""Files into windows of a model, with nothing dropped in silence: what a verb took is part of its result."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from symvae.cli.console import counted
from symvae.errors import MidiError

if TYPE_CHECKING:
    from symvae.music.melody_line import TrackChoice
    from symvae.music.phrase import Phrase
    from symvae.music.reading import Reading
    from symvae.music.song import Song
    from symvae.system.symvae import SymVAE


@dataclass(frozen=True)
class Taken:
    """What a model could take of one file."""

    file: Path
    song: "Song"
    reading: "Reading"

    @property
    def phrases(self) -> tuple["Phrase", ...]:
        """The windows."""
        return self.reading.phrases

    @property
    def spans(self) -> list[str]:
        """First and last bar of each window in the file's own count, from 1."""
        return spans_of(self.reading)

    @property
    def titles(self) -> list[str]:
        """The same in words: "bars 3-4", or "bar 3"."""
        return titles_of(self.reading)

    @property
    def silent_bars(self) -> list[int]:
        """For each window, how many bars of silence fill it up behind the end of the music."""
        return [
            _bars_added(self.song, phrase, start, end)
            for phrase, (start, end) in zip(self.phrases, bar_spans(self.reading), strict=True)
        ]

    def report(self) -> dict[str, Any]:
        """The same as plain data."""
        reading, track = self.reading, self.reading.track
        return {
            "file": str(self.file),
            "track": None if track is None else {"index": track.index, "name": track.name, "why": track.why},
            "tracks_not_read": tracks_not_read(self.song, track),
            "bars": self.spans,
            "silent_bars_added": self.silent_bars,
            "mean_shift_step": reading.mean_shift_step,
            "notes_cut": reading.num_cut,
            "dropped": [
                {"what": d.what, "reason": d.reason.value, "count": d.count, "detail": d.detail}
                for d in reading.dropped
            ],
        }

    def lines(self) -> list[str]:
        """The same for a person."""
        from symvae.music.bars import bars_in_words

        reading, track = self.reading, self.reading.track
        chosen = "" if track is None else f", {track_in_words(track)}"
        count = len(self.phrases)
        spans = bars_in_words(bar_spans(reading))
        lines = [f"{self.file}: {spans} in {counted(count, 'window')}{chosen}"]
        for title, bars in zip(self.titles, self.silent_bars, strict=True):
            if bars:
                lines.append(f"  {counted(bars, 'bar')} of silence added after {title}, to fill the window")
        lines += not_read_in_words(self.song, track)
        if reading.mean_shift_step:
            lines.append(
                f"  moved to the sixteenth grid by {reading.mean_shift_step:.3f} steps "
                f"({reading.mean_shift_ms:.1f} ms) on average"
            )
        if reading.num_cut:
            lines.append(f"  {counted(reading.num_cut, 'note')} cut short, where the next one starts")
        return lines + [f"  left out of the file: {dropped}" for dropped in reading.dropped]


def spans_of(reading: "Reading") -> list[str]:
    """ "3-4" for each phrase of a reading: its first and last bar, counted from 1."""
    return [f"{start + 1}-{end}" for start, end in bar_spans(reading)]


def titles_of(reading: "Reading") -> list[str]:
    """ "bars 3-4" for each phrase of a reading, or "bar 3", counted from 1."""
    from symvae.music.bars import bars_in_words

    return [bars_in_words([span]) for span in bar_spans(reading)]


def bar_spans(reading: "Reading") -> list[tuple[int, int]]:
    """(first bar, one after the last) of each phrase of a reading, counted from 0."""
    return list(zip(reading.start_bar, reading.end_bar, strict=True))


def track_in_words(track: "TrackChoice") -> str:
    """The track that was read, and why that one."""
    return f"track {track.index} {track.name!r} ({track.why})"


def tracks_not_read(song: "Song", track: "TrackChoice | None") -> list[dict[str, Any]]:
    """The tracks with notes beside the one that was read, as plain data; none when none was chosen."""
    return [
        {"index": index, "name": part.name, "is_drum": part.is_drum, "notes": len(part)}
        for index, part in enumerate(song.tracks)
        if track is not None and index != track.index and len(part)
    ]


def not_read_in_words(song: "Song", track: "TrackChoice | None") -> list[str]:
    """The same for a person: a line that says how to choose another track, or no line."""
    others = tracks_not_read(song, track)
    if not others:
        return []
    words = [f"{each['index']} {each['name']!r}" + " (drums)" * each["is_drum"] for each in others]
    choose = "" if all(each["is_drum"] for each in others) else "; choose one with --track"
    return [f"  not read: track{'s' * (len(words) > 1)} {', '.join(words)}{choose}"]


def _bars_added(song: "Song", phrase: "Phrase", start_bar: int, end_bar: int) -> int:
    """Bars of the grid at the end of a window that the file's bars do not reach."""
    from symvae.music.bars import sections

    # A last note's rounding may open a bar behind the last section.
    per_bar = next(
        (
            section.file_bars_per_bar
            for section in sections(song)
            if section.bar_span[0] <= start_bar < section.bar_span[1]
        ),
        1,
    )
    missing = phrase.grid.bars - -(-(end_bar - start_bar) // per_bar)
    last_step = int(phrase.end_step.max(initial=0))
    return min(missing, (phrase.grid.num_steps - last_step) // phrase.grid.steps_per_bar)


class Match(NamedTuple):
    """How exactly a phrase came back."""

    tokens: int
    """Tokens that are the same."""
    of: int
    notes_in: int
    notes_out: int

    def __str__(self) -> str:
        word = "exact" if self.tokens == self.of else f"{self.tokens / self.of:.1%}"
        notes = f"{counted(self.notes_in, 'note')} in, {self.notes_out} out"
        return f"{word}, {self.tokens} of {self.of} tokens the same ({notes})"


def take(file: Path, model: "SymVAE", track: str | int | None) -> Taken:
    """Every window of a file that a model can take; raises `MidiError` with the reasons if there is none."""
    from symvae.music.io.files import load_any

    return _taken(file, load_any(file), model, track)


def take_one(file: Path, model: "SymVAE", track: str | int | None, bar: int | None) -> Taken:
    """The window that starts at ``bar``, counted from 1 and any bar of the grid; by default the first.

    What is reported as left out is left out of the whole file, as `take` would report it.
    """
    from symvae.music.io.files import load_any

    song = load_any(file)
    taken = _taken(file, song, model, track)
    if bar is None:
        return Taken(file, song, _only(taken.reading, 0))
    every = _read(song, model, track, stride_bars=1)
    starts = [start + 1 for start in every.start_bar]
    if bar not in starts:
        known = ", ".join(map(str, starts[:12])) + (", …" if len(starts) > 12 else "")
        raise MidiError(f"{file} has no window that starts at bar {bar}. Choose --bar among {known}.")
    chosen = _only(every, starts.index(bar))
    columns = {name: getattr(chosen, name) for name in ("phrases", "start_bar", "end_bar")}
    return Taken(file, song, replace(taken.reading, **columns))


def take_before(file: Path, model: "SymVAE", track: str | int | None, bar: int | None) -> Taken:
    """The bars up to ``bar`` of the file (by default the last with music) that a model can go on from.

    At most half as many as the model has; fewer where the tune or its stretch in one metre is shorter.
    """
    from symvae.music.io.files import load_any
    from symvae.music.pitch import PIANO_PITCHES
    from symvae.music.windows import ending

    song = load_any(file)
    most = model.grid.with_bars(max(1, model.grid.bars // 2))
    reading = ending(song, most, track, bar, PIANO_PITCHES)
    if not reading.phrases:
        reasons = "; ".join(map(str, reading.dropped)) or "no note before it"
        where = "no music" if bar is None else f"no music up to a bar {bar}"
        raise MidiError(
            f"{file} has {where} in {model.grid.metre} to go on from ({reasons}). {_models_for(song, model)}"
            "Choose another --bar or --track; `symvae inspect` shows all of it."
        )
    return Taken(file, song, reading)


def _taken(file: Path, song: "Song", model: "SymVAE", track: str | int | None) -> Taken:
    reading = _read(song, model, track)
    if not reading.phrases:
        reasons = "; ".join(str(dropped) for dropped in reading.dropped) or "it holds no notes"
        raise MidiError(
            f"{file} has no window of {counted(model.grid.bars, 'bar')} of {model.grid.metre} ({reasons}). "
            f"{_models_for(song, model)}Choose another file or --track; `symvae inspect` shows all of it."
        )
    return Taken(file, song, reading)


def _models_for(song: "Song", model: "SymVAE") -> str:
    """Which models take the song's own metres, where that is not the model's; else nothing."""
    from symvae.music.bars import sections
    from symvae.system.catalog import available_in

    metres = sorted({section.grid_metre or "" for section in sections(song)} - {model.grid.metre})
    known = [
        f"{' or '.join(names)} for {metre}" for metre in metres if metre and (names := available_in(metre))
    ]
    return f"Use --model {', '.join(known)}. " if known else ""


def _read(
    song: "Song", model: "SymVAE", track: str | int | None, stride_bars: int | None = None
) -> "Reading":
    from symvae.music.windows import windows

    tokens = model.tokenizer
    return windows(
        song, model.grid, track, stride_bars, polyphonic=tokens.polyphonic, pitch_range=tokens.pitch_range
    )


def _only(reading: "Reading", row: int) -> "Reading":
    one = {name: getattr(reading, name)[row : row + 1] for name in ("phrases", "start_bar", "end_bar")}
    return replace(reading, **one)


def match(model: "SymVAE", before: Sequence["Phrase"], after: Sequence["Phrase"]) -> list[Match]:
    """How exactly each phrase came back, token by token."""
    same = (model.to_ids(before) == model.to_ids(after)).flatten(1)
    return [
        Match(int(row.sum()), len(row), len(a), len(b)) for row, a, b in zip(same, before, after, strict=True)
    ]


def in_place(reading: "Reading", results: Sequence["Phrase"]) -> tuple[list["Phrase"], list[tuple[int, int]]]:
    """Results in a row where their windows stood: silence for windows between them that were left out.

    Gives back the row and the bars that silence stands for: (first, one after the last), from 0.
    """
    from symvae.music.phrase import Phrase

    row: list[Phrase] = []
    filled: list[tuple[int, int]] = []
    last_end = span = 0
    for phrase, start, end in zip(results, reading.start_bar, reading.end_bar, strict=True):
        gap = start - last_end if row else 0
        if gap > 0:
            row += [Phrase(phrase.grid, tempo_qpm=phrase.tempo_qpm)] * max(1, round(gap / span))
            filled.append((last_end, start))
        row.append(phrase)
        last_end, span = end, end - start
    return row, filled

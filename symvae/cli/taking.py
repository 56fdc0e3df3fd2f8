"""Files into windows of a model, with nothing dropped in silence: what a verb took is part of its result."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from symvae.errors import MidiError

if TYPE_CHECKING:
    from symvae.music.phrase import Phrase
    from symvae.music.reading import Reading
    from symvae.music.song import Song
    from symvae.system.symvae import SymVAE


@dataclass(frozen=True)
class Taken:
    """What a model could take of one file."""

    file: Path
    reading: "Reading"

    @property
    def phrases(self) -> tuple["Phrase", ...]:
        """The windows."""
        return self.reading.phrases

    @property
    def spans(self) -> list[str]:
        """First and last bar of each window in the file's own count, from 1."""
        return [f"{s + 1}-{e}" for s, e in zip(self.reading.start_bar, self.reading.end_bar, strict=True)]

    def report(self) -> dict[str, Any]:
        """The same as plain data."""
        reading, track = self.reading, self.reading.track
        return {
            "file": str(self.file),
            "track": None if track is None else {"index": track.index, "name": track.name, "why": track.why},
            "bars": self.spans,
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
        chosen = "" if track is None else f", track {track.index} {track.name!r} ({track.why})"
        count = len(self.phrases)
        spans = bars_in_words(zip(reading.start_bar, reading.end_bar, strict=True))
        lines = [f"{self.file}: {spans} in {count} window{'s' * (count > 1)}{chosen}"]
        if reading.mean_shift_step:
            lines.append(
                f"  moved to the sixteenth grid by {reading.mean_shift_step:.3f} steps "
                f"({reading.mean_shift_ms:.1f} ms) on average"
            )
        if reading.num_cut:
            lines.append(f"  {reading.num_cut} notes end early, where the next one starts")
        return lines + [f"  left out of the file: {dropped}" for dropped in reading.dropped]


class Match(NamedTuple):
    """How exactly a phrase came back."""

    tokens: int
    """Tokens that are the same."""
    of: int
    notes_in: int
    notes_out: int

    def __str__(self) -> str:
        word = "exact" if self.tokens == self.of else f"{self.tokens / self.of:.1%}"
        notes = f"{self.notes_in} notes in, {self.notes_out} out"
        return f"{word}, {self.tokens} of {self.of} tokens the same ({notes})"


def take(file: Path, model: "SymVAE", track: str | int | None) -> Taken:
    """Every window of a file that a model can take; raises `MidiError` with the reasons if there is none."""
    from symvae.music.files import load_any

    return _taken(file, load_any(file), model, track)


def take_one(file: Path, model: "SymVAE", track: str | int | None, bar: int | None) -> Taken:
    """The window that starts at ``bar``, counted from 1 and any bar of the grid; by default the first.

    What is reported as left out is left out of the whole file, as `take` would report it.
    """
    from symvae.music.files import load_any

    song = load_any(file)
    taken = _taken(file, song, model, track)
    if bar is None:
        return Taken(file, _only(taken.reading, 0))
    every = _read(song, model, track, stride_bars=1)
    starts = [start + 1 for start in every.start_bar]
    if bar not in starts:
        known = ", ".join(map(str, starts[:12])) + (", …" if len(starts) > 12 else "")
        raise MidiError(f"{file} has no window that starts at bar {bar}. Choose --bar among {known}.")
    chosen = _only(every, starts.index(bar))
    columns = {name: getattr(chosen, name) for name in ("phrases", "start_bar", "end_bar")}
    return Taken(file, replace(taken.reading, **columns))


def _taken(file: Path, song: "Song", model: "SymVAE", track: str | int | None) -> Taken:
    reading = _read(song, model, track)
    if not reading.phrases:
        reasons = "; ".join(str(dropped) for dropped in reading.dropped) or "it holds no notes"
        raise MidiError(
            f"{file} has no window of {model.grid.bars} bars of {model.grid.metre} ({reasons}). "
            "Choose another file or --track; `symvae inspect` shows all of it."
        )
    return Taken(file, reading)


def _read(
    song: "Song", model: "SymVAE", track: str | int | None, stride_bars: int | None = None
) -> "Reading":
    from symvae.music.inspect import PIANO_PITCHES
    from symvae.music.segment import windows

    return windows(song, model.grid, track, stride_bars=stride_bars, pitch_range=PIANO_PITCHES)


def _only(reading: "Reading", row: int) -> "Reading":
    one = {name: getattr(reading, name)[row : row + 1] for name in ("phrases", "start_bar", "end_bar")}
    return replace(reading, **one)


def match(model: "SymVAE", before: Sequence["Phrase"], after: Sequence["Phrase"]) -> list[Match]:
    """How exactly each phrase came back, token by token."""
    same = (model.to_ids(before) == model.to_ids(after)).flatten(1)
    return [
        Match(int(row.sum()), len(row), len(a), len(b)) for row, a, b in zip(same, before, after, strict=True)
    ]


def in_place(reading: "Reading", results: Sequence["Phrase"]) -> tuple[list["Phrase"], list[str]]:
    """Results in a row where their windows stood: silence for windows between them that were left out.

    Gives back the row and the bars that silence stands for.
    """
    from symvae.music.phrase import Phrase

    row: list[Phrase] = []
    filled: list[str] = []
    last_end = span = 0
    for phrase, start, end in zip(results, reading.start_bar, reading.end_bar, strict=True):
        gap = start - last_end if row else 0
        if gap > 0:
            row += [Phrase(phrase.grid, tempo_qpm=phrase.tempo_qpm)] * max(1, round(gap / span))
            filled.append(f"{last_end + 1}-{start}")
        row.append(phrase)
        last_end, span = end, end - start
    return row, filled

"""Report on a file: every track, every window, every note that models leave out."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from symvae.music.bars import bars_in_words
from symvae.music.io.programs import program_label
from symvae.music.reason import Dropped, Reason
from symvae.music.timing import Timing
from symvae.pipelines.timing_words import NO_BEAT, percent, rhythms_in_words
from symvae.pipelines.words import counted


@dataclass(frozen=True)
class MetreReport:
    """A stretch of one metre."""

    metre: str
    first_bar: int
    """From 1."""
    num_bars: int
    grid_metre: str | None
    """Metre of the grid that represents it; None where no grid does."""


@dataclass(frozen=True)
class TempoReport:
    """A tempo and the second at which it begins."""

    start_sec: float
    tempo_qpm: float


@dataclass(frozen=True)
class ChordReport:
    """Chord symbols of the file."""

    num_changes: int
    place: str
    """Place of the chords in the file."""
    first: str
    """The first of them."""


@dataclass(frozen=True)
class ModelFit:
    """Windows of one track that fit one model, and drops."""

    model: str
    metre: str
    window_bars: int
    num_windows: int
    bars: tuple[tuple[int, int], ...]
    """(first, last) bar of each window, from 1."""
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True)
class TrackReport:
    """One track; without notes its pitches are None and its shares 0."""

    index: int
    name: str
    program: int
    programs: tuple[int, ...]
    """All programs under which its notes sound, the most common first."""
    channels: tuple[int, ...]
    """MIDI channels, 1 to 16, the busiest first; none for a score."""
    is_drum: bool
    num_notes: int
    lowest_pitch: int | None
    highest_pitch: int | None
    monophonic_share: float
    """Share of notes that sound alone, 0 to 1."""
    timing: Timing
    """Distance of the notes from the sixteenth grid; in plain data its fields stand beside the others."""
    is_melody: bool
    """True if models of melodies read this track."""
    why: str
    """Reason of that choice; empty for other tracks."""
    num_melody_notes: int
    num_melody_notes_cut: int
    """Notes of the melody line that end early because the next one starts."""
    dropped: tuple[Dropped, ...]
    models: tuple[ModelFit, ...]


@dataclass(frozen=True)
class Use:
    """A verb that reads a file, and the model that it would use."""

    verb: str
    model: str | None
    """Model that the verb chooses for this music; None where no model can do it."""
    num_windows: int
    """Windows of that model that the verb reads."""
    fault: str
    """Reason and remedy where no model can do it; else empty."""


@dataclass(frozen=True)
class Report:
    """Report on one file. If it cannot be read, ``fault`` is set and the rest empty."""

    file: str
    fault: str | None
    ticks_per_quarter: int
    duration_sec: float
    num_bars: int
    num_notes: int
    metres: tuple[MetreReport, ...]
    tempos: tuple[TempoReport, ...]
    tracks: tuple[TrackReport, ...]
    dropped: tuple[Dropped, ...]
    repairs: tuple[str, ...] = ()
    """Faults of the file that its reader tolerated, with their counts."""
    uses: tuple[Use, ...] = ()
    """Verbs that released models can do with the file."""
    has_beat: bool | None = None
    """False if the notes have no relation to the beats of the file; None if they are too few to tell."""
    chords: ChordReport | None = None
    """None where the file has no chord symbols."""

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        plain = _plain(asdict(self))
        for part, track in zip(plain["tracks"], self.tracks, strict=True):
            del part["timing"]
            part |= track.timing.data()
        return plain

    def to_text(self) -> str:
        """The whole report as lines of text; `symvae.pipelines.inspect_screen` has it on one screen."""
        return "\n".join(_lines(self))


def unread_report(file: str, reason: Reason, fault: str) -> Report:
    """Report on a file that cannot be read.

    Args:
        file: The file.
        reason: The reason.
        fault: The fault and its remedy.

    Returns:
        A report that is empty but for these.
    """
    return Report(file, fault, 0, 0.0, 0, 0, (), (), (), (Dropped(Path(file).name, reason, fault),))


def _plain(value: Any) -> Any:
    """The value with tuples as lists, and reasons as their code and sentence."""
    if isinstance(value, dict):
        plain = {key: _plain(entry) for key, entry in value.items()}
        return plain | {"sentence": value["reason"].sentence} if "reason" in value else plain
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value.value if isinstance(value, Reason) else value


def _lines(report: Report) -> list[str]:
    if report.fault:
        return [f"{report.file}: not read", f"  {report.fault}"]
    minutes, seconds = divmod(round(report.duration_sec), 60)
    size = f"{counted(report.num_bars, 'bar')}, {counted(report.num_notes, 'note')}"
    lines = [
        f"{report.file}: {size}, {minutes}:{seconds:02d} min",
        "  metre  " + few([metre_in_words(m) for m in report.metres]),
        "  tempo  " + few([f"{t.tempo_qpm:g} qpm from {t.start_sec:g} s" for t in report.tempos]),
        *([f"  chords {chords_line(report.chords)}"] if report.chords else []),
        *([f"  {line}" for line in NO_BEAT] if report.has_beat is False else []),
        *(f"  repaired: {sentence}" for sentence in report.repairs),
        *(f"  left out: {d}" for d in report.dropped),
    ]
    for part in report.tracks:
        lines += _track_lines(part)
    lines += [f"  {use.verb}: {use.model or use.fault}" for use in report.uses]
    return lines


def metre_in_words(metre: MetreReport) -> str:
    """Describe a stretch of one metre.

    Args:
        metre: The stretch.

    Returns:
        Words such as "4/4 bars 1-8".
    """
    last = metre.first_bar + metre.num_bars - 1
    return f"{metre.metre} bars {metre.first_bar}-{last}" + ("" if metre.grid_metre else " (no grid)")


def chords_line(chords: ChordReport) -> str:
    """Describe the chord symbols of a file.

    Args:
        chords: Their number, place and first ones.

    Returns:
        Words such as "24 changes, the chord symbols of the score: C Am F G …".
    """
    return f"{counted(chords.num_changes, 'change')}, {chords.place}: {chords.first}"


def _track_lines(part: TrackReport) -> list[str]:
    kind = "drums" if part.is_drum else f"program {program_label(part.program)}"
    lines = [f"  track {part.index} {part.name!r}: {kind}, {part.num_notes} notes"]
    if part.is_melody:
        lines[0] += f"  ← read as the melody: {part.why}"
    if part.models and not part.is_drum:
        timing = part.timing
        rhythms = rhythms_in_words(timing)
        lines.append(
            f"    pitch {part.lowest_pitch} to {part.highest_pitch}, {part.monophonic_share:.0%} of the "
            f"notes sound alone, {percent(timing.off_grid_share)} off the grid "
            f"(mean shift {timing.mean_shift_step:.3f} steps, {timing.mean_shift_ms:.1f} ms"
            f"{f'; {rhythms}' * bool(rhythms)})"
        )
        lines.append(
            f"    melody line of {part.num_melody_notes} notes, {part.num_melody_notes_cut} of them shortened"
        )
    lines += [f"    left out: {d}" for d in part.dropped]
    for fit in part.models:
        lines.append(f"    {fit.model} ({fit.window_bars} bars of {fit.metre}): {_fit_words(fit)}")
        lines += [f"      left out: {d}" for d in fit.dropped if d not in part.dropped]
    return lines


def _fit_words(fit: ModelFit) -> str:
    windows_words = counted(fit.num_windows, "window")
    return (
        f"{windows_words}, {bars_in_words((first - 1, last) for first, last in fit.bars)}"
        if fit.bars
        else windows_words
    )


def few(words: list[str], limit: int = 12) -> str:
    """Shorten a list: nobody reads a thousand tempo changes.

    Args:
        words: Entries of the list.
        limit: Entries to keep.

    Returns:
        The first entries with commas, and the number of the others.
    """
    more = f", and {len(words) - limit} more" if len(words) > limit else ""
    return ", ".join(words[:limit]) + more

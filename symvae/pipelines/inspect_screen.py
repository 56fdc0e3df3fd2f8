"""Report on a file on one screen of 24 lines and 80 columns: its parts, and what models can do with it."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from textwrap import wrap

from symvae.music.io.programs import program_label
from symvae.music.pitch import pitch_name
from symvae.pipelines.inspect_report import Report, TrackReport, chords_line, few, metre_in_words
from symvae.pipelines.timing_words import timing_in_words
from symvae.pipelines.words import counted

WIDTH = 80
#: Parts in the table; the whole report has the others.
MOST_PARTS = 12
#: Lines for the timing of the melody.
MOST_TIMING = 4
#: Lines for the reason why a verb cannot be used.
MOST_REASON = 4
#: Share of notes that sound alone in a part of one line.
LINE_SHARE = 0.9
_HEADS = ("#", "part", "program", "ch", "notes", "range", "what it is")
_WIDTHS = (3, 17, 21, 5, 6, 8, 12)


def screen(report: Report) -> list[str]:
    """Lay out a report on one screen.

    Args:
        report: Report on a file.

    Returns:
        Lines of at most 80 columns.
    """
    if report.fault:
        return [f"{report.file}: not read", f"  {report.fault}"]
    minutes, seconds = divmod(round(report.duration_sec), 60)
    size = f"{counted(report.num_bars, 'bar')}, {counted(report.num_notes, 'note')}"
    size += f", {minutes}:{seconds:02d} min"
    file = report.file if len(report.file) + len(size) + 2 <= WIDTH else Path(report.file).name
    melody = next((part for part in report.tracks if part.is_melody), None)
    lines = [
        _short(f"{file}: {size}"),
        _row("metre", few([metre_in_words(each) for each in report.metres], 4)),
        _row(
            "tempo", few([f"{each.tempo_qpm:g} qpm from {each.start_sec:g} s" for each in report.tempos], 3)
        ),
    ]
    lines += [_row("chords", chords_line(report.chords))] if report.chords else []
    lines += _rows("timing", [] if melody is None else timing_in_words(melody.timing))[:MOST_TIMING]
    lines += _table(report.tracks)
    if melody is not None:
        lines.append(_row("melody", f"track {melody.index}: {melody.why}"))
    lines += _uses(report)
    lines += [_row("repaired", "; ".join(report.repairs))] * bool(report.repairs)
    lines += _drops(report, melody)
    return [*lines, "  --all lists every part, window and drop; --json is for scripts"]


def _table(parts: Iterable[TrackReport]) -> list[str]:
    rows = [_cells(part) for part in parts]
    lines = [_columns(row) for row in [_HEADS, *rows[:MOST_PARTS]]] if rows else []
    return lines + [f"  and {counted(len(rows) - MOST_PARTS, 'more part')}"] * (len(rows) > MOST_PARTS)


def _cells(part: TrackReport) -> tuple[str, ...]:
    program = f"kit {part.program}" if part.is_drum else program_label(part.program)
    if len(part.programs) > 1:
        program = "programs " + few([str(each) for each in part.programs], 4)
    low, high = part.lowest_pitch, part.highest_pitch
    pitches = "" if low is None or high is None or part.is_drum else f"{pitch_name(low)}-{pitch_name(high)}"
    channels = few([str(each) for each in part.channels], 2).replace(", and", " +").replace(" more", "")
    return str(part.index), part.name, program, channels, str(part.num_notes), pitches, _kind(part)


def _kind(part: TrackReport) -> str:
    if not part.num_notes:
        return "no notes"
    if part.is_drum:
        return "drums"
    if part.is_melody:
        return "the melody"
    return "one line" if part.monophonic_share >= LINE_SHARE else "chords"


def _columns(cells: Iterable[str]) -> str:
    sized = [(_short(text, width - 1), width) for text, width in zip(cells, _WIDTHS, strict=True)]
    return "  " + "".join(text.ljust(width) for text, width in sized).rstrip()


def _uses(report: Report) -> list[str]:
    """Verbs by the model that they choose; where no model can do one, the reason once."""
    by_model: dict[str, list[str]] = {}
    for use in report.uses:
        by_model.setdefault(use.model or "", []).append(use.verb)
    faults = list(dict.fromkeys(use.fault for use in report.uses if use.fault))
    words = [f"{', '.join(verbs)} ({model})" for model, verbs in by_model.items() if model]
    lines = _rows("can", ["; ".join(words)] if words else [])
    if cannot := by_model.get(""):
        verbs = ", ".join(cannot) if by_model.keys() - {""} else "be read by a model"
        fault = faults[0].replace(report.file, Path(report.file).name)
        lines += _rows("cannot", [f"{verbs}: {fault}"])[:MOST_REASON]
    return lines


def _drops(report: Report, melody: TrackReport | None) -> list[str]:
    """Drops of the file and of its melody, summed by reason."""
    counts: Counter[str] = Counter()
    for dropped in (*report.dropped, *(melody.dropped if melody is not None else ())):
        counts[dropped.reason.value] += dropped.count
    words = few([f"{reason} ×{count}" for reason, count in counts.most_common()], 5)
    return [_row("left out", words)] * bool(counts)


def _row(head: str, text: str) -> str:
    return _short(f"  {head:8} {text}")


def _rows(head: str, texts: Iterable[str]) -> list[str]:
    """Wrapped lines with a hanging indent, the first one with the head."""
    wrapped = [line for text in texts for line in wrap(text, WIDTH - 11)]
    return [f"  {head if not row else '':8} {line}" for row, line in enumerate(wrapped)]


def _short(line: str, width: int = WIDTH) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"

"""Harm of a fade in words, for the lines of its report."""

from symvae.evaluation.harm import Change, Harm
from symvae.evaluation.metrics.held_notes import HeldNotes
from symvae.evaluation.reports.markdown import share
from symvae.pipelines.words import counted


def harm_in_words(harm: Harm) -> list[str]:
    """Say what an edit of a song harmed.

    Args:
        harm: Figures of the edited song.

    Returns:
        One line about notes, and one about lines, tempo and repeated bars where they changed.
    """
    if harm.notes == Change(0, 0):
        return []
    lines = [f"harm: {_kept(harm)}", *_lines(harm)]
    if all(value == 1.0 for value in harm.kept) and harm.notes.before == harm.notes.after:
        lines[0] = "no harm: every note kept"
    return lines


def _kept(harm: Harm) -> str:
    kept = harm.kept
    words = f"{share(kept.all)} of the notes kept (melody {share(kept.melody)}, bass {share(kept.bass)}"
    if harm.transposition:
        words += f"; {harm.transposition:+d} semitones: {share(harm.kept_transposed.all)}"
    changes = {"re-strikes": harm.restrikes, "clashes": harm.clashes, "out of key": harm.out_of_key}
    parts = [f"{name} {share(each.before)} to {share(each.after)}" for name, each in changes.items()]
    return ", ".join([f"{words}), chroma {share(harm.chroma)}", *parts])


def _lines(harm: Harm) -> list[str]:
    parts = []
    for lines, name in (
        (harm.over_bar_lines, "bar lines"),
        (harm.over_window_lines, "lines between windows"),
    ):
        if lines.kept < lines.before:
            parts.append(_held(lines, name))
    if harm.tempo.changes:
        changes = counted(harm.tempo.changes, "tempo change")
        parts.append(f"{changes} added, the largest {harm.tempo.largest_step:.1%}")
    repeats = harm.repeats
    if repeats.after < repeats.before:
        parts.append(f"repeated bars alike {share(repeats.before)} to {share(repeats.after)}")
    return [f"  {'; '.join(parts)}"] if parts else []


def _held(lines: HeldNotes, name: str) -> str:
    return f"{lines.kept} of {counted(lines.before, 'note')} held over {name} kept"

"""Limits of the sixteenth grid in words: rhythms that are moved, and music without a beat."""

from symvae.music.timing import Swing, Timing

#: What to do about music without a beat.
MARK_BEATS = (
    "Mark its beats first, with Beat Mapping in Logic, Time Warp in Cubase or the MIDI import of MuseScore "
    '("human performance"), and export it again.'
)


def timing_in_words(timing: Timing) -> list[str]:
    """Describe what the sixteenth grid does to the rhythm of some notes.

    Args:
        timing: Timing of the notes.

    Returns:
        One line, or none where no note is moved.
    """
    if timing.has_beat is False:
        return [no_beat_in_words()]
    moved = f"{timing.mean_shift_step:.3f} steps ({timing.mean_shift_ms:.1f} ms) on average"
    if timing.off_grid_share:
        found = rhythms_in_words(timing.triplet_share, timing.other_share, timing.swing)
        return [
            f"{percent(timing.off_grid_share)} of the notes are off the sixteenth grid"
            f"{f' ({found})' * bool(found)}: their rhythm is moved to sixteenths, by {moved}"
        ]
    return [f"quantized to sixteenths: moved by {moved}"] if timing.mean_shift_step else []


def no_beat_in_words() -> str:
    """The sentence about music without a beat, with its remedy."""
    return (
        "No beat found: the notes fall anywhere between the beats of the file, as in a recorded performance, "
        f"so bars and rhythm are arbitrary. {MARK_BEATS}"
    )


def rhythms_in_words(triplet_share: float, other_share: float, swing: Swing | None) -> str:
    """Name the rhythms that sixteenths do not notate.

    Args:
        triplet_share: Share of notes at thirds and sixths of a quarter.
        other_share: Share of notes at neither these nor sixteenths.
        swing: Swing of the notes.

    Returns:
        Words such as "triplets: 24%; swing of eighths: 0.66"; empty for none.
    """
    words = [f"triplets: {percent(triplet_share)}"] if triplet_share >= 0.005 else []
    words += [f"other tuplets or free: {percent(other_share)}"] if other_share >= 0.005 else []
    words += [f"swing of {swing.unit}: {swing.position:.2f}"] if swing else []
    return "; ".join(words)


def percent(share: float) -> str:
    """A share as a percentage, never rounded to nothing."""
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"

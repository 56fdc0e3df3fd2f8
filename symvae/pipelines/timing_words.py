"""Limits of the sixteenth grid in words: rhythms that are moved, and music without a beat."""

from symvae.music.reading import Reading
from symvae.music.timing import Timing
from symvae.pipelines.words import counted

#: Music without a beat, and what to do about it.
NO_BEAT = (
    "No beat found: the notes fall anywhere between the beats of the file, as in a recorded performance; its "
    "bars and rhythms are arbitrary.",
    "Mark the beats first, with Beat Mapping in Logic, Time Warp in Cubase or the MIDI import of MuseScore, "
    "and export again.",
)


def timing_in_words(timing: Timing) -> list[str]:
    """Describe what the sixteenth grid does to the rhythm of some notes.

    Args:
        timing: Timing of the notes.

    Returns:
        One line or two, or none where nothing is moved.
    """
    lines = []
    if 0 < timing.ticks_per_quarter < 4:
        ticks = counted(timing.ticks_per_quarter, "tick")
        lines.append(f"the file has {ticks} a quarter, too few for sixteenths: its own rhythm is coarser")
    if timing.triplet_bars:
        lines.append(f"{counted(timing.triplet_bars, 'bar')} read as triplets")
    grid = "sixteenths and triplets" if timing.triplet_bars else "sixteenths"
    moved = f"{timing.mean_shift_step:.3f} steps ({timing.mean_shift_ms:.1f} ms) on average"
    if timing.has_beat is False:
        lines += NO_BEAT
    elif timing.off_grid_share:
        found = rhythms_in_words(timing)
        lines.append(
            f"{percent(timing.off_grid_share)} of the notes are off the sixteenth grid"
            f"{f' ({found})' * bool(found)}: their rhythm is moved to {grid}, by {moved}"
        )
    elif timing.mean_shift_step:
        lines.append(f"quantized to {grid}: moved by {moved}")
    elif timing.lengths_moved_share:
        lines.append(
            f"the lengths of {percent(timing.lengths_moved_share)} of the notes are rounded to sixteenths"
        )
    return lines


def second_hits_in_words(reading: Reading) -> list[str]:
    """Describe the hits of drums that have no token of their own.

    Args:
        reading: A reading of drums, or of other music.

    Returns:
        One line, or none where there are no such hits.
    """
    if not reading.num_second_hits:
        return []
    hits = counted(reading.num_second_hits, "second hit")
    return [f"  {hits} of a drum in one cell (flams, drags): no token, each stays where its cell stays"]


def rhythms_in_words(timing: Timing) -> str:
    """Name the rhythms that sixteenths do not notate.

    Args:
        timing: Timing of the notes.

    Returns:
        Words such as "triplets: 24%; swing of eighths: 0.66"; empty for none.
    """
    shares = {
        "triplets": timing.triplet_share,
        "thirty-seconds": timing.thirty_second_share,
        "other tuplets or free": timing.other_share,
    }
    words = [f"{name}: {percent(share)}" for name, share in shares.items() if share >= 0.005]
    swing = timing.swing
    return "; ".join([*words, *([f"swing of {swing.unit}: {swing.position:.2f}"] if swing else [])])


def percent(share: float) -> str:
    """A share as a percentage, never rounded to nothing.

    Args:
        share: The share, 0 to 1.

    Returns:
        "24%", or "under 1%".
    """
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"

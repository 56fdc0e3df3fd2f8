"""Melodies to ABC notation (standard 2.1), which music21 reads and does not write.

One bar a line, with a unit note length of a sixteenth, in C with all accidentals written out.
"""

from symvae.errors import MidiError
from symvae.music.phrase import Phrase

_PITCH_CLASSES = ("C", "^C", "D", "^D", "E", "F", "^F", "G", "^G", "A", "^A", "B")


def to_abc(phrase: Phrase, title: str = "") -> str:
    """Write a melody as an ABC tune.

    Raises:
        MidiError: The phrase has more than one voice.
    """
    if not phrase.is_monophonic:
        raise MidiError("ABC holds one voice here, and this phrase has several. Write MusicXML or MIDI.")
    bar_step = phrase.grid.steps_per_bar
    bars = [""] * phrase.grid.bars
    sharpened: set[tuple[int, str]] = set()  # a sharp holds to the end of its bar

    def write(start: int, end: int, pitch: int | None) -> None:
        """Add a note, or a rest for None, tied over bar lines."""
        while start < end:
            bar = start // bar_step
            until = min(end, (bar + 1) * bar_step)
            name = "z" if pitch is None else _note_name(pitch, bar, sharpened)
            tie = "-" if pitch is not None and until < end else ""
            bars[bar] += f"{name}{until - start}{tie} "
            start = until

    step = 0
    for onset, end, pitch in zip(
        phrase.onset_step.tolist(), phrase.end_step.tolist(), phrase.pitch.tolist(), strict=True
    ):
        write(step, onset, None)
        write(onset, end, pitch)
        step = end
    write(step, phrase.grid.num_steps, None)
    head = f"X:1\nT:{title or 'phrase'}\nM:{phrase.grid.metre}\nL:1/16\nQ:1/4={phrase.tempo_qpm:g}\nK:C\n"
    return head + "".join(f"{bar}|\n" for bar in bars)


def _note_name(pitch: int, bar: int, sharpened: set[tuple[int, str]]) -> str:
    octave = pitch // 12 - 5
    sharp_name = _PITCH_CLASSES[pitch % 12]
    letter, accidental = sharp_name[-1], sharp_name[:-1]
    letter = letter.lower() + "'" * (octave - 1) if octave > 0 else letter + "," * -octave
    if accidental:
        sharpened.add((bar, letter))
        return accidental + letter
    return ("=" if (bar, letter) in sharpened else "") + letter

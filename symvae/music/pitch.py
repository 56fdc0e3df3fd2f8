"""Pitch ranges, as (lowest, highest) MIDI note number, both inclusive; middle C (C4) is 60."""

#: All note numbers of MIDI, C-1 to G9.
MIDI_PITCHES = (0, 127)
#: The 88 keys of a piano, A0 to C8: the range of the released models.
PIANO_PITCHES = (21, 108)
#: Lowest and highest pitch of a bass line: a fifth below the lowest string of five, and the top of the neck.
BASS_PITCHES = (16, 67)
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def pitch_name(pitch: int) -> str:
    """The name of a MIDI note number, such as "C4" for 60."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"

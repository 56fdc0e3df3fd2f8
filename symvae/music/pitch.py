"""Pitch ranges, as (lowest, highest) MIDI note number, both inclusive; middle C (C4) is 60."""

#: All note numbers of MIDI, C-1 to G9.
MIDI_PITCHES = (0, 127)
#: The 88 keys of a piano, A0 to C8: the range of the released models.
PIANO_PITCHES = (21, 108)

"""The marker "end": how a MIDI file states that its music ends with silence.

A MIDI file has no field for "eight bars long", so a phrase that ends with a rest would be shorter when it is
read. A marker (meta event 0x06) with the text "end", which sequencers use for the end of a song, is written
at the end of the grid. The time of the end-of-track event is not used, since symusic does not keep it.
"""

END_MARKER = "end"


def is_end_marker(text: str) -> bool:
    """Tell whether a marker's text is "end", in any case and with blanks around it."""
    return text.strip().lower() == END_MARKER

"""The marker "end": how a MIDI file states that its music ends with silence.

A MIDI file has no field for "eight bars long", so a phrase that ends with a rest would come back shorter. A
marker (meta event 0x06) with the text "end", the word that sequencers use for the end of a song, stands
where the grid ends. It is preferred to the time of the end-of-track event, which symusic does not keep.
"""

END_MARKER = "end"


def is_end_marker(text: str) -> bool:
    """Tell whether a marker's text is "end", in any case and with blanks around it."""
    return text.strip().lower() == END_MARKER

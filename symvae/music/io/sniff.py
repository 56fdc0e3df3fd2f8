"""Formats of music files, recognized by their first bytes, or else by the suffix of their names.

MIDI       "MThd", also inside RIFF (RMID) or after the 128 bytes of a MacBinary header
MusicXML   "<", in any Unicode encoding; compressed, "PK"
ABC        a line "X:1", or the head "%abc"
"""

import os
import re
from pathlib import Path

MIDI_SUFFIXES = (".mid", ".midi", ".kar")
SCORE_SUFFIXES = (".xml", ".musicxml", ".mxl", ".abc")
#: Suffix that stands for a format.
MIDI, MUSICXML, MXL, ABC = ".mid", ".musicxml", ".mxl", ".abc"
#: Bytes in which a format shows itself: the text before an ABC tune may be long.
HEAD_BYTES = 2**16
_TUNE = re.compile(rb"^(?:%abc|X:[ \t]*\d)", re.MULTILINE)


def format_of(data: bytes, name: str | os.PathLike[str] = "") -> str:
    """Recognize the format of a music file.

    Args:
        data: The whole file, or its beginning.
        name: Its name, if it has one.

    Returns:
        One of `MIDI`, `MUSICXML`, `MXL` and `ABC`; MIDI for anything else, whose reader then names the fault.
    """
    if data[:4] == b"MThd" or data[128:132] == b"MThd" or (data[:4] == b"RIFF" and data[8:12] == b"RMID"):
        return MIDI
    if data[:2] == b"PK":
        return MXL
    # Without the zero bytes and marks of UTF-16 and UTF-8.
    text = data[:HEAD_BYTES].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    if text[:1] == b"<":
        return MUSICXML
    if _TUNE.search(text.replace(b"\r", b"\n")):
        return ABC
    suffix = Path(name).suffix.lower()
    if suffix in (".mxl", ".abc"):
        return suffix
    return MUSICXML if suffix in SCORE_SUFFIXES else MIDI

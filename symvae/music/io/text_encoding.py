"""The encoding of text in MIDI files, which do not say what it is.

All text of a file is judged together. Valid UTF-8 is UTF-8. Else three encodings are told apart by their byte
patterns, since statistical detectors fail at texts as short as a track name:

    Shift-JIS    lead bytes 0x81 to 0x9F, where Latin-1 has no characters; or a run of half-width katakana
    GBK          bytes above 0x7F in pairs, as in GB 2312
    Windows-1252 (Latin-1 and typographic quotes) otherwise

Where pairs also make sense as Latin-1 ("Größe"), charset-normalizer decides. The text is decoded for showing
and for searching only: the bytes of the file stay.
"""

import re
from collections.abc import Iterable

from charset_normalizer import from_bytes

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
#: Windows-1252 has typographic quotes, dashes and the euro sign where Latin-1 has control codes.
_TYPOGRAPHIC = re.compile(rb"[\x80\x85\x91-\x97\x99]")
#: Text beyond this length adds nothing to the decision.
_MOST_BYTES = 65_536


def encoding_of(texts: Iterable[bytes]) -> str:
    """Find the encoding that all texts of a file share.

    Args:
        texts: Text as bytes.

    Returns:
        Name of a Python codec: "utf-8", "cp932" (Shift-JIS), "gbk" or "cp1252".
    """
    text = b"\n".join(dict.fromkeys(texts))[:_MOST_BYTES]
    if _decodes(text, "utf-8"):
        return "utf-8"
    runs = _HIGH_RUN.findall(text)
    if re.search(rb"[\x80-\x9f]", _TYPOGRAPHIC.sub(b"", text)):
        return next((each for each in ("cp932", "gbk") if _decodes(text, each)), "cp1252")
    if all(len(run) % 2 == 0 for run in runs) and _decodes(text, "gb2312"):
        best = from_bytes(text, cp_isolation=["latin_1", "gbk"]).best()
        return "cp1252" if best is None or best.encoding == "latin_1" else "gbk"
    if any(len(run) > 2 and re.fullmatch(rb"[\xa1-\xdf]+", run) for run in runs) and _decodes(text, "cp932"):
        return "cp932"
    return "cp1252"


def decode(text: bytes, encoding: str) -> str:
    """Decode one text for showing; bytes that the encoding lacks become replacement characters."""
    return text.decode(encoding, errors="replace").strip("\x00 \t\r\n")


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True

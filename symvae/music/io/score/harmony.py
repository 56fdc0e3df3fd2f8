"""Parse the element harmony of MusicXML 4.0: a root, a kind, degrees that change it, and a bass.

Chords that are written as functions or numerals have no root of their own and are not understood.
"""

from xml.etree.ElementTree import Element

from symvae.music.chord_symbols import MUSICXML_KINDS, SILENT, ChordSymbol, parse_symbol

_SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}
_NONE = "none"


def symbol_of(harmony: Element) -> ChordSymbol | None:
    """Parse a chord symbol; None for one that is not understood."""
    written = harmony.find("kind")
    if written is None:
        return None
    kind = (written.text or "").strip()
    if kind == _NONE:
        return SILENT
    root, bass = _place(harmony, "root"), _place(harmony, "bass")
    if root is None:
        return None
    slash = "" if bass is None else f"/{bass}"
    if kind in MUSICXML_KINDS:
        degrees = "".join(map(_degree, harmony.iterfind("degree")))
        return parse_symbol(root + MUSICXML_KINDS[kind] + degrees + slash)
    return parse_symbol(root + (written.get("text") or "") + slash)  # "other", and kinds of later versions


def _place(harmony: Element, name: str) -> str | None:
    """Letter and sign of a root or bass."""
    step = (harmony.findtext(f"{name}/{name}-step") or "").strip()
    alter = (harmony.findtext(f"{name}/{name}-alter") or "0").strip()
    try:
        return step + _SIGNS[round(float(alter))] if step else None
    except (ValueError, KeyError, OverflowError):
        return None


def _degree(degree: Element) -> str:
    """A degree as a chord symbol has it: "b9", "add9" or "no3"; a text that is none where it cannot be."""
    value = (degree.findtext("degree-value") or "").strip()
    alter = (degree.findtext("degree-alter") or "0").strip()
    kind = (degree.findtext("degree-type") or "").strip()
    if kind == "subtract":
        return f"no{value}"
    sign = {"-1": "b", "1": "#"}.get(alter, "")
    return sign + value if sign else f"add{value}"

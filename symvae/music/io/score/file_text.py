"""Bytes of score files: plain, UTF-16 or Latin-1 text, packed MusicXML, and XML without entities.

A packed score is measured before it is unpacked, by the directory of its archive, and no more is unpacked
than was measured. XML with declarations of its own is refused: a few entities unpack to any size, or read
other files. A document type, which most scores name, is neither fetched nor needed.
"""

import zipfile
import zlib
from io import BytesIO
from xml.etree import ElementTree
from xml.parsers import expat

from symvae.errors import MidiError
from symvae.music.io import limits

_ENCODINGS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_XML_SUFFIXES = (".musicxml", ".xml")
_CONTAINER = "META-INF/container.xml"
#: Errors of expat at the end of the text: no element, unclosed token, partial character, unclosed CDATA.
_CUT_OFF = (3, 5, 6, 20)
#: Bytes of an archive's directory: a score has a handful of entries of 100 bytes each.
_DIRECTORY_BYTES = 2**16
_EXPORT_AGAIN = "Export it again from the program that made it."


def text_of(data: bytes) -> str:
    """Decode text: UTF-16 or UTF-8 by its mark, else UTF-8, else Latin-1, in which every byte is a letter."""
    encoding = next((name for mark, name in _ENCODINGS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("utf-16" if encoding == "utf-16" else "latin-1", errors="replace")


def xml_root(data: bytes, where: str) -> ElementTree.Element:
    """Parse XML, unpacked first if it is an archive.

    Args:
        data: A MusicXML file, plain or packed (.mxl).
        where: The file in error messages.

    Returns:
        The root element.

    Raises:
        MidiError: The file is no XML, declares entities, or exceeds a limit.
    """
    if data.startswith(b"PK"):
        data = _unpacked(data, where)
    limits.SCORE_MIB.check(len(data) / limits.MIB, where)
    limits.XML_TAGS.check(data.count(b"<"), where)
    limits.XML_ATTRIBUTES.check(data.count(b"="), where)
    if not data.strip():
        raise MidiError(f"{where} is empty. {_EXPORT_AGAIN}")
    if data[:1].isspace():  # nothing may stand before the declaration of XML
        data = data.lstrip()
    try:
        _refuse_declarations(data, where)
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, expat.ExpatError) as fault:
        raise MidiError(f"{where} is no MusicXML score: {_in_words(data, fault)}. {_EXPORT_AGAIN}") from fault
    except (ValueError, LookupError) as fault:
        raise MidiError(f"{where} is in an unknown text encoding. Export it again as UTF-8.") from fault


def _in_words(data: bytes, fault: ElementTree.ParseError | expat.ExpatError) -> str:
    start = text_of(data[:400]).lstrip()
    if not start.startswith("<"):
        return "it does not begin like XML"
    if fault.code in _CUT_OFF:
        return "it is cut off"
    line = fault.position[0] if isinstance(fault, ElementTree.ParseError) else fault.lineno
    return f"its XML is damaged in line {line}"


class _RootReachedError(Exception):
    """The document type is over, and nothing can be declared any more."""


def _refuse_declarations(data: bytes, where: str) -> None:
    def doctype(_name: str, _system: str | None, _public: str | None, has_declarations: int) -> None:
        if has_declarations:
            raise MidiError(f"{where} declares XML entities, which scores do not need. {_EXPORT_AGAIN}")

    def root(*_: object) -> None:
        raise _RootReachedError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        parser.Parse(data, True)
    except _RootReachedError:
        return


def _unpacked(data: bytes, where: str) -> bytes:
    """The score in an archive: the one that its container names, else the first XML file."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or int.from_bytes(data[end + 12 : end + 16], "little") > _DIRECTORY_BYTES:
        raise MidiError(f"{where} is no packed score: its directory is missing or too large. {_EXPORT_AGAIN}")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            found = _root_file(archive, where) if _CONTAINER in names else ""
            plain = (name for name in names if not name.startswith("META-INF"))
            chosen = next((n for n in plain if n == found or (not found and n.endswith(_XML_SUFFIXES))), None)
            if chosen is None:
                raise MidiError(f"{where} has no score inside. {_EXPORT_AGAIN}")
            return _entry(archive, archive.getinfo(chosen), where)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as fault:
        raise MidiError(f"{where} is a damaged archive. {_EXPORT_AGAIN}") from fault


def _root_file(archive: zipfile.ZipFile, where: str) -> str:
    try:
        container = xml_root(_entry(archive, archive.getinfo(_CONTAINER), where), where)
    except MidiError:  # a title with "&" damages it in some collections; the score itself may be sound
        return ""
    named = (element.get("full-path", "") for element in container.iter() if _is(element, "rootfile"))
    return next((name for name in named if name in archive.NameToInfo), "")


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, where: str) -> bytes:
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.flag_bits & 1:
        raise MidiError(f"{where} is packed in a way that MusicXML does not allow. {_EXPORT_AGAIN}")
    limits.SCORE_MIB.check(entry.file_size / limits.MIB, where)
    if entry.file_size > limits.MIB:
        limits.PACKING.check(entry.file_size / max(entry.compress_size, 1), where)
    return archive.read(entry)


def _is(element: ElementTree.Element, tag: str) -> bool:
    return isinstance(element.tag, str) and element.tag.rpartition("}")[2] == tag

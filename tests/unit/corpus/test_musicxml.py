"""A small MusicXML score: voices, chords, ties, grace notes, repeats, compressed files."""

import zipfile
from pathlib import Path

import pytest

from symvae.corpus.notation.musicxml import read_musicxml
from symvae.errors import CorpusError

SCORE = """<?xml version="1.0"?>
<score-partwise version="3.1">
  <work><work-title>A chorale</work-title></work>
  <part-list>
    <score-part id="P1"><part-name>Horn</part-name></score-part>
    <score-part id="P2"><part-name>Soprano</part-name></score-part>
  </part-list>
  <part id="P1"><measure number="1"><note><rest/><duration>4</duration></note></measure></part>
  <part id="P2">
    <measure number="0" implicit="yes">
      <attributes><divisions>2</divisions><time><beats>3</beats><beat-type>4</beat-type></time></attributes>
      <sound tempo="96"/>
      <note><pitch><step>G</step><octave>4</octave></pitch><duration>2</duration><voice>1</voice></note>
    </measure>
    <measure number="1">
      <note><grace/><pitch><step>A</step><octave>4</octave></pitch><voice>1</voice></note>
      <note><pitch><step>C</step><octave>5</octave></pitch><duration>4</duration><voice>1</voice></note>
      <note><chord/><pitch><step>E</step><octave>5</octave></pitch><duration>4</duration><voice>1</voice></note>
      <note><pitch><step>B</step><alter>-1</alter><octave>4</octave></pitch><duration>2</duration>
        <tie type="start"/><voice>1</voice></note>
      <backup><duration>6</duration></backup>
      <note><pitch><step>C</step><octave>4</octave></pitch><duration>6</duration><voice>2</voice></note>
      <barline location="right"><bar-style>light-heavy</bar-style><repeat direction="backward"/></barline>
    </measure>
  </part>
</score-partwise>
"""


def test_a_part_is_read_by_its_name(tmp_path: Path):
    (tmp_path / "a.xml").write_text(SCORE)
    tune = read_musicxml(tmp_path / "a.xml", "soprano")
    assert tune is not None
    assert (tune.title, tune.tempo_qpm) == ("A chorale", 96.0)
    assert [[(n.pitch, n.length_step, n.tied) for n in bar.notes] for bar in tune.bars] == [
        [(67, 4, False)],
        [(76, 8, False), (70, 4, True)],
    ]
    assert [(bar.metre, bar.closes_repeat) for bar in tune.bars] == [((3, 4), False), ((3, 4), True)]


def test_a_part_that_is_missing_is_none(tmp_path: Path):
    (tmp_path / "a.xml").write_text(SCORE)
    assert read_musicxml(tmp_path / "a.xml", "bassoon") is None


def test_a_compressed_score_reads_the_same(tmp_path: Path):
    (tmp_path / "a.xml").write_text(SCORE)
    with zipfile.ZipFile(tmp_path / "a.mxl", "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("a.xml", SCORE)
    assert read_musicxml(tmp_path / "a.mxl", "soprano") == read_musicxml(tmp_path / "a.xml", "soprano")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<score-partwise>"])
def test_a_damaged_score_is_an_error_that_names_the_file(tmp_path: Path, content: bytes):
    for name in ("a.xml", "a.mxl"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CorpusError, match=f"{name} is no MusicXML score"):
            read_musicxml(tmp_path / name, "")

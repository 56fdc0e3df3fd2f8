"""MusicXML scores of the kinds that the public test suites have, small enough to check by hand."""

import zipfile
from pathlib import Path

import pytest

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.score_read import load_score, load_score_bytes
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song
from tests.scores import QUARTERS, num_bars, pitches, rows, xml_note, xml_song

WHOLE = f'<measure number="1">{QUARTERS}{xml_note("C5")}</measure>'


def transposed(inside: str, head: str = "") -> list[int]:
    attributes = QUARTERS.replace("</attributes>", f"{inside}</attributes>")
    return pitches(xml_song(f"<measure>{attributes}{xml_note('C5')}</measure>", head=head))


@pytest.mark.parametrize(
    ("transpose", "pitch"),
    [
        ("<transpose><chromatic>-9</chromatic></transpose>", 63),
        ("<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>", 70),
        ("<transpose><chromatic>-2</chromatic><octave-change>-1</octave-change></transpose>", 58),
        ("<transpose><chromatic>0</chromatic><octave-change>1</octave-change></transpose>", 84),
        ('<transpose number="2"><chromatic>-9</chromatic></transpose>', 72),
        ("", 72),
    ],
)
def test_transposing_instruments_sound_at_their_pitch(transpose: str, pitch: int):
    assert transposed(transpose) == [pitch]


def test_a_score_in_concert_pitch_is_transposed_by_octaves_only():
    concert = "<defaults><concert-score/></defaults>"
    transpose = "<transpose><chromatic>-2</chromatic><octave-change>1</octave-change></transpose>"
    for_part = "<for-part><part-transpose><chromatic>-2</chromatic></part-transpose></for-part>"
    assert transposed(transpose, concert) == [84]
    assert transposed(for_part, concert) == [72]


def test_transposition_may_change_within_a_part():
    change = "<attributes><transpose><chromatic>-3</chromatic></transpose></attributes>"
    assert pitches(xml_song(f"{WHOLE}<measure>{change}{xml_note('C5')}</measure>")) == [72, 69]


def test_voices_are_laid_over_each_other_by_backup_and_forward():
    voices = (
        xml_note("C5", 2) + xml_note("D5", 2) + "<backup><duration>4</duration></backup>"
        "<forward><duration>1</duration></forward>" + xml_note("E4", 3, "<voice>2</voice>")
    )
    assert rows(xml_song(f"<measure>{QUARTERS}{voices}</measure>")) == [(0, 2, 72), (1, 3, 64), (2, 2, 74)]


def test_each_staff_of_a_part_is_a_track():
    hands = xml_note("C5", 4, "<staff>1</staff>") + "<backup><duration>4</duration></backup>"
    hands += xml_note("C3", 4, "<staff>2</staff>")
    listed = '<score-part id="P1"><part-name>Piano</part-name></score-part>'
    song = xml_song(f"<measure>{QUARTERS}{hands}</measure>", listed=listed)
    assert [(track.name, track.pitch.tolist()) for track in song.tracks] == [
        ("Piano", [72]),
        ("Piano staff 2", [48]),
    ]


def test_chords_grace_notes_and_cues():
    notes = xml_note("C5", 2) + xml_note("E5", 2, "").replace("<note>", "<note><chord/>")
    notes += "<note><grace/><pitch><step>A</step><octave>4</octave></pitch></note>"
    notes += xml_note("G5", 2) + xml_note("G4", 2).replace("<note>", "<note><cue/>")
    (track,) = xml_song(f"<measure>{QUARTERS}{notes}</measure>").tracks
    assert track.pitch.tolist() == [72, 76, 79]
    assert track.dropped == (
        Dropped("notes", Reason.GRACE_NOTE, count=1),
        Dropped("notes", Reason.CUE_NOTE, count=1),
    )


def test_tuplets_have_the_length_that_their_divisions_say():
    attributes = QUARTERS.replace("<divisions>1", "<divisions>6")
    triplet = (
        "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes></time-modification>"
    )
    notes = "".join(xml_note("C5", 4, triplet) for _ in range(3)) + xml_note("D5", 12)
    song = xml_song(f"<measure>{attributes}{notes}</measure>")
    assert [onset for onset, *_ in rows(song)] == [0, 0.667, 1.333, 2]


@pytest.mark.parametrize("sign", ['<tie type="{}"/>', '<notations><tied type="{}"/></notations>'])
def test_ties_join_notes_over_bar_lines(sign: str):
    first = xml_note("C5", 4, sign.format("start"))
    both = xml_note("C5", 4, sign.format("stop") + sign.format("start"))
    measures = f"<measure>{QUARTERS}{first}</measure><measure>{both}</measure>"
    assert rows(xml_song(f"{measures}<measure>{xml_note('C5')}</measure>")) == [(0, 12, 72)]
    assert len(rows(xml_song(f"{measures}<measure>{xml_note('D5')}</measure>"))) == 2


def test_a_pickup_is_at_the_end_of_its_bar():
    song = xml_song(f'<measure number="0" implicit="yes">{QUARTERS}{xml_note("G4", 1)}</measure>{WHOLE}')
    assert rows(song) == [(3, 1, 67), (4, 4, 72)]
    assert num_bars(song) == 2


def test_time_wise_scores_read_the_same():
    parts = [WHOLE, WHOLE.replace("C", "E")]
    bars = "".join(
        f'<part id="P{i}">{part[len("<measure number=1 >") + 1 : -len("</measure>")]}</part>'
        for i, part in enumerate(parts, 1)
    )
    listed = '<score-part id="P1"/><score-part id="P2"/>'
    text = f"<score-timewise><part-list>{listed}</part-list><measure>{bars}</measure></score-timewise>"
    song = load_score_bytes(text.encode(), ".xml", "x.xml")
    assert [pitches(song, i) for i in (0, 1)] == [pitches(xml_song(*parts), i) for i in (0, 1)]


@pytest.mark.parametrize(
    ("inside", "tempo_qpm"),
    [
        ('<sound tempo="96"/>', 96),
        ('<direction><sound tempo="96.5"/></direction>', 96.5),
        ("<metronome><beat-unit>quarter</beat-unit><per-minute>80</per-minute></metronome>", 80),
        ("<metronome><beat-unit>half</beat-unit><per-minute>c. 60</per-minute></metronome>", 120),
        (
            "<metronome><beat-unit>quarter</beat-unit><beat-unit-dot/><per-minute>60</per-minute></metronome>",
            90,
        ),
        ('<sound tempo="0"/>', 120),
        ('<sound tempo="fast"/>', 120),
    ],
)
def test_tempo_comes_from_sounds_and_metronome_marks(inside: str, tempo_qpm: float):
    if inside.startswith("<metronome"):
        inside = f"<direction><direction-type>{inside}</direction-type></direction>"
    song = xml_song(f"<measure>{QUARTERS}{inside}{xml_note('C5')}</measure>")
    assert [(change.tick, change.qpm) for change in song.tempos] == [(0, tempo_qpm)]


def test_tempo_may_change_within_a_measure():
    change = xml_note("C5", 2) + '<sound tempo="60"/>' + xml_note("D5", 2)
    song = xml_song(f'<measure>{QUARTERS}<sound tempo="90"/>{change}</measure>')
    assert [(c.tick, c.qpm) for c in song.tempos] == [(0, 90), (960, 60)]


@pytest.mark.parametrize(
    ("listed", "program"),
    [
        ('<midi-instrument id="I"><midi-program>41</midi-program></midi-instrument>', 40),
        ("<score-instrument><instrument-sound>wind.reed.clarinet</instrument-sound></score-instrument>", 71),
        ("<score-instrument><instrument-name>Violoncello</instrument-name></score-instrument>", 42),
        ("", 73),
    ],
)  # fmt: skip
def test_programs_come_from_the_part_list_else_from_the_name(listed: str, program: int):
    part = f'<score-part id="P1"><part-name>Flute</part-name>{listed}</score-part>'
    assert xml_song(WHOLE, listed=part).tracks[0].program == program


def test_unpitched_percussion_has_the_keys_of_its_instruments():
    drums = "".join(
        f'<midi-instrument id="P1-I{key}"><midi-channel>10</midi-channel>'
        f"<midi-unpitched>{key}</midi-unpitched></midi-instrument>"
        for key in (37, 43)
    )
    place = "<unpitched><display-step>C</display-step><display-octave>5</display-octave></unpitched>"
    notes = "".join(
        f'<note>{place}<duration>2</duration><instrument id="P1-I{key}"/></note>' for key in (37, 43)
    )
    listed = f'<score-part id="P1"><part-name>Kit</part-name>{drums}</score-part>'
    (track,) = xml_song(f"<measure>{QUARTERS}{notes}</measure>", listed=listed).tracks
    assert (track.is_drum, track.pitch.tolist()) == (True, [36, 42])


@pytest.mark.parametrize(
    ("time", "metre"),
    [
        ("<beats>6</beats><beat-type>8</beat-type>", "6/8"),
        ("<beats>3+2</beats><beat-type>8</beat-type>", "5/8"),
        ("<beats>2</beats><beat-type>4</beat-type><beats>3</beats><beat-type>8</beat-type>", "7/8"),
        ("<senza-misura/>", "4/4"),
    ],
)
def test_metres(time: str, metre: str):
    attributes = f"<attributes><divisions>1</divisions><time>{time}</time></attributes>"
    assert xml_song(f"<measure>{attributes}{xml_note('C5')}</measure>").metres[0].name == metre


def test_the_metre_may_change():
    change = "<attributes><time><beats>3</beats><beat-type>4</beat-type></time></attributes>"
    song = xml_song(f"{WHOLE}<measure>{change}{xml_note('C5', 3)}</measure>{WHOLE}")
    assert [(metre.tick, metre.name) for metre in song.metres] == [(0, "4/4"), (1920, "3/4"), (3360, "4/4")]


def test_a_measure_without_notes_is_a_measure_of_rest():
    assert rows(xml_song(f"{WHOLE}<measure/>{WHOLE}"))[1] == (8, 4, 72)


TEXT = f'<score-partwise><work><work-title>Waltz</work-title></work><part-list/><part id="P1">{WHOLE}</part></score-partwise>'  # noqa: E501


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
@pytest.mark.parametrize(
    "doctype",
    [
        "",
        '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 3.1 Partwise//EN" "http://x.org/p.dtd">',
    ],
)
def test_encodings_and_document_types(encoding: str, doctype: str):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{TEXT.replace("Waltz", "Für Elise")}'
    song = load_score_bytes(text.encode(encoding), ".xml", "x.xml")
    assert (song.title, pitches(song)) == ("Für Elise", [72])


def test_namespaces_are_ignored():
    text = TEXT.replace("<score-partwise>", '<score-partwise xmlns="http://www.musicxml.org/ns">')
    assert pitches(load_score_bytes(text.encode(), ".xml", "x.xml")) == [72]


def packed(path: Path, *entries: tuple[str, str], kind: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, text in entries:
            archive.writestr(name, text)
    return path


CONTAINER = '<container><rootfiles><rootfile full-path="{}"/></rootfiles></container>'


def test_packed_scores_name_their_file(tmp_path: Path):
    def read(*entries: tuple[str, str]) -> Song:
        return load_score(packed(tmp_path / "a.mxl", *entries))

    other = TEXT.replace("<step>C", "<step>D")
    assert pitches(
        read(("META-INF/container.xml", CONTAINER.format("b.xml")), ("a.xml", other), ("b.xml", TEXT))
    ) == [72]
    assert pitches(read(("META-INF/container.xml", "<container/>"), ("a.musicxml", TEXT))) == [72]
    assert pitches(read(("a.xml", TEXT))) == [72]
    (tmp_path / "plain.mxl").write_text(TEXT)
    assert pitches(load_score(tmp_path / "plain.mxl")) == [72]


def test_archives_are_measured_before_they_are_unpacked(tmp_path: Path):
    with pytest.raises(MidiError, match=r"unpacks to .* times its size; at most 250"):
        load_score(packed(tmp_path / "a.mxl", ("a.xml", TEXT + " " * 12_000_000)))
    with pytest.raises(MidiError, match="holds more than 16 MiB"):
        load_score(packed(tmp_path / "b.mxl", ("a.xml", TEXT + " " * 40_000_000)))
    with pytest.raises(MidiError, match="packed in a way that MusicXML does not allow"):
        load_score(packed(tmp_path / "c.mxl", ("a.xml", TEXT), kind=zipfile.ZIP_LZMA))
    with pytest.raises(MidiError, match="its directory is missing or too large"):
        load_score(packed(tmp_path / "d.mxl", *((f"{i:0200}.xml", "") for i in range(400))))
    with pytest.raises(MidiError, match="has no score inside"):
        load_score(packed(tmp_path / "e.mxl", ("cover.png", "")))


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">',
        f'<!ENTITY c "{"a" * 10_000}">',
        '<!ENTITY c SYSTEM "file:///etc/hostname">',
        '<!ENTITY % c SYSTEM "http://localhost/x.dtd"> %c;',
    ],
)
def test_entities_are_refused(declared: str):
    text = f"<!DOCTYPE score-partwise [{declared}]>{TEXT.replace('Waltz', '&c;' * 1000)}"
    with pytest.raises(MidiError, match="declares XML entities, which scores do not need"):
        load_score_bytes(text.encode(), ".xml", "x.xml")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("<divisions>1", "<divisions>0"), "0 divisions per quarter note"),
        (("<divisions>1", "<divisions>x"), "'x' where a number belongs"),
        (("<beats>4", "<beats>400"), "a metre with 400 beats a bar"),
        (("<beat-type>4", "<beat-type>0"), "an impossible metre, 4/0"),
        (("<beats>4", "<beats>many"), "an impossible metre, many/4"),
        (("<duration>4", "<duration>1e400"), "'1e400' where a number belongs"),
        (("<duration>4", f"<duration>{'9' * 5000}"), "where a number belongs"),
        (("<octave>5", "<octave>99"), "a pitch outside MIDI's 0 to 127"),
        (("</measure>", "<measure>"), "is no MusicXML score: its XML is damaged|is cut off"),
        (("score-partwise", "opus"), "is no MusicXML score: it is a 'opus'"),
        (("<beats>4", f"<beats>{'1+' * 300}1"), "has a field of 601 characters; at most 500"),
        ((TEXT, ""), "is empty"),
        ((TEXT, "MThd"), "does not begin like XML"),
        ((TEXT, TEXT[:200]), "is no MusicXML score: it is cut off"),
    ],
)
def test_what_cannot_be_is_one_sentence(change: tuple[str, str], fault: str):
    with pytest.raises(MidiError, match=rf"^x.xml .*(?:{fault}).*\.$"):
        load_score_bytes(TEXT.replace(*change).encode(), ".xml", "x.xml")


def test_tags_and_measures_are_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "XML_TAGS", limits.XML_TAGS._replace(most=300))
    with pytest.raises(MidiError, match=r"has .* XML tags; at most 300"):
        xml_song("<a/>" * 301)
    monkeypatch.setattr(limits, "MEASURES", limits.MEASURES._replace(most=20))
    with pytest.raises(MidiError, match="more than 20 bars"):
        xml_song("<measure/>" * 21)
    timewise = "<score-timewise>" + '<measure><part id="P"/></measure>' * 21 + "</score-timewise>"
    with pytest.raises(MidiError, match="more than 20 bars"):
        load_score_bytes(timewise.encode(), ".xml", "x.xml")

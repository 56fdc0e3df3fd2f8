"""Chord symbols of ABC and MusicXML, and of MIDI files that were written from them."""

from symvae.music.io.events import LYRIC, MARKER, TEXT, MidiFile, meta
from symvae.music.io.midi_read import load_bytes, view
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.reason import Reason
from tests.scores import QUARTERS, abc_song, repeat, xml_note, xml_song


def chords(song) -> list[tuple[float, str]]:
    return [(change.tick / song.ticks_per_quarter, str(change.symbol)) for change in song.chords]


def harmony(step: str, kind: str, inside: str = "") -> str:
    return f"<harmony><root><root-step>{step}</root-step></root><kind>{kind}</kind>{inside}</harmony>"


def test_abc_has_chords_where_they_stand_and_words_are_none():
    song = abc_song('"Am"A2 "E7/G#"B2 | "^slow""Coda"c2 "F"d2 | "G7?"e4 |')
    assert chords(song) == [(0, "Am"), (2, "E7/Ab"), (6, "F")]
    assert song.chords_from == "the chord symbols of the score"
    (dropped,) = song.tracks[0].dropped
    assert (dropped.what, dropped.reason, dropped.count) == ("chords", Reason.CHORD_SYMBOL, 1)


def test_a_repeat_returns_to_the_chord_of_its_first_bar():
    song = abc_song('"C"c4 | d4 |: e4 | "G"f4 :| g4 |')
    assert chords(song) == [(0, "C"), (12, "G"), (16, "C"), (20, "G")]


def test_a_shifted_voice_has_shifted_chords():
    assert chords(abc_song('"C"c4 |', head="M:4/4\nL:1/4\nK:C transpose=-2")) == [(0, "Bb")]


def test_musicxml_has_kinds_degrees_basses_and_offsets():
    seventh = (
        "<degree><degree-value>9</degree-value><degree-alter>-1</degree-alter>"
        "<degree-type>add</degree-type></degree>"
    )
    later = harmony("F", "half-diminished", "<offset>1</offset>")
    bass = "<bass><bass-step>B</bass-step><bass-alter>-1</bass-alter></bass>"
    bar = (
        f'<measure number="1">{QUARTERS}{harmony("C", "minor-seventh", bass)}{xml_note("C4", 2)}'
        f"{harmony('G', 'dominant', seventh)}{xml_note('D4', 2)}</measure>"
        f'<measure number="2">{later}{xml_note("C4", 4)}</measure>'
        f'<measure number="3">{harmony("C", "none")}{xml_note("C4", 2)}{harmony("H", "major")}'
        f"{xml_note('C4', 2)}</measure>"
    )
    song = xml_song(bar)
    assert chords(song) == [(0, "Cm7/Bb"), (2, "G7b9"), (5, "Fm7b5"), (8, "N.C.")]
    assert [each.reason for each in song.tracks[0].dropped] == [Reason.CHORD_SYMBOL]


def test_repeats_of_musicxml():
    song = xml_song(
        f'<measure number="1">{QUARTERS}{harmony("C", "major")}{xml_note("C4")}</measure>'
        f'<measure number="2">{harmony("F", "major")}{xml_note("C4")}{repeat("backward")}</measure>'
    )
    assert chords(song) == [(0, "C"), (4, "F"), (8, "C"), (12, "F")]


def test_chords_of_a_score_are_read_again_from_its_midi_file():
    for body in ('"C"c2 "F"d2 | "G"e4 |', '"Am7"c2 "Bb/D"d2 | "N.C."e4 |'):
        song = abc_song(body)
        again = load_bytes(song_to_bytes(song))
        assert chords(again) == chords(song)
        assert again.chords_from == "texts of track 0"
        assert song_to_bytes(again) == song_to_bytes(song)


def song_of_texts(kind: int, texts: list[str]):
    track = [meta(480 * place, kind, text.encode()) for place, text in enumerate(texts)]
    return view(MidiFile(1, 480, (track,))).song


def test_texts_of_midi_are_chords_where_all_of_them_are():
    assert chords(song_of_texts(MARKER, ["Am", "F", "C", "G7", "loopEnd"][:4])) == [
        (0, "Am"),
        (1, "F"),
        (2, "C"),
        (3, "G7"),
    ]
    assert song_of_texts(LYRIC, ["Dm", "G7"]).chords_from == "lyrics of track 0"


def test_words_marks_and_note_names_are_no_chords():
    texts = (
        ["A", "B", "A", "C"],
        ["C4", "D4", "E5"],
        ["A", "day", "E", "Am"],
        ["Am"],
        ["I", "Am"],
        ["Verse", "C"],
    )
    for each in texts:
        for kind in (TEXT, MARKER, LYRIC):
            assert song_of_texts(kind, each).chords == ()

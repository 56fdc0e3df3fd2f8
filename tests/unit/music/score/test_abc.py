"""ABC fragments with pitches and lengths that a musician can check by hand."""

from pathlib import Path

import pytest

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.score.abc import abc_tunes
from symvae.music.io.score.abc_fields import length_of, metre_of, tempo_of
from symvae.music.io.score.abc_key import key_signature
from symvae.music.io.score.written import Note
from symvae.music.io.score_read import load_score, load_score_bytes
from symvae.music.reason import Dropped, Reason
from tests.scores import abc_song, letters, num_bars, pitches, rows


def of(body: str, key: str = "C") -> list[int]:
    return pitches(abc_song(body, f"M:4/4\nL:1/8\nK:{key}"))


def lengths(body: str, head: str = "M:4/4\nL:1/16\nK:C") -> list[float]:
    """Durations in sixteenths."""
    return [round(4 * duration, 2) for _, duration, _ in rows(abc_song(body, head))]


@pytest.mark.parametrize(
    ("text", "length"), [("", 1), ("3", 3), ("/", 0.5), ("//", 0.25), ("3/2", 1.5), ("/4", 0.25), ("3/", 1.5)]
)
def test_lengths_are_parsed(text: str, length: float):
    assert length_of(text, "it") == length


def test_octave_marks_shift_pitches():
    assert of("C, C c c'") == [48, 60, 72, 84]


@pytest.mark.parametrize(
    ("key", "signs"),
    [
        ("C", {}),
        ("D", {"F": 1, "C": 1}),
        ("Bb", {"B": -1, "E": -1}),
        ("F#m", {"F": 1, "C": 1, "G": 1}),
        ("Amix", {"F": 1, "C": 1}),
        ("E Dorian", {"F": 1, "C": 1}),
        ("A Minor", {}),
        ("Gm", {"B": -1, "E": -1}),
        ("Bphr", {"F": 1}),
        ("Flyd", {}),
        ("Hp", {"F": 1, "C": 1}),
        ("D =c", {"F": 1, "C": 0}),
        ("D exp _b _e ^f", {"B": -1, "E": -1, "F": 1}),
        ("none", {}),
        ("", {}),
        ("C bass", {}),
        ("F clef=bass", {"B": -1}),
        ("treble-8", None),
        ("C#", dict.fromkeys("CDEFGAB", 1)),
    ],
)
def test_key_signatures_alter_letters(key: str, signs: dict[str, int] | None):
    assert key_signature(key) == signs


def test_the_key_applies_in_every_octave():
    assert of("F f C c", "D") == [66, 78, 61, 73]


def test_an_accidental_holds_to_the_end_of_its_bar_in_its_octave():
    assert of("^F F f | F") == [66, 66, 77, 65]
    assert of("=F F | F", "D") == [65, 65, 66]
    assert of("_B __B ^^c") == [70, 69, 74]
    assert of("^F F =F F|F ^F _B B|") == [66, 66, 65, 65, 65, 66, 70, 70]
    assert of("^F |1 F :|2 F |]") == [66, 65, 66, 65]
    assert of("^F [1 F :|2 F |]") == [66, 66, 66, 65]  # the bracket begins within the bar


@pytest.mark.parametrize(
    ("rule", "expected"), [("not", [66, 65, 77]), ("octave", [66, 66, 77]), ("pitch", [66, 66, 78])]
)
@pytest.mark.parametrize("form", ["%%propagate-accidentals {}", "I:propagate-accidentals {}"])
def test_a_directive_says_how_far_accidentals_reach(rule: str, expected: list[int], form: str):
    assert pitches(abc_song("^F F f|", f"M:4/4\n{form.format(rule)}\nK:C")) == expected


def test_a_tied_note_keeps_its_accidental_over_the_bar_line():
    assert rows(abc_song("z2 ^c2-|c2 c2|")) == [(2, 4, 73), (6, 2, 72)]
    assert rows(abc_song("z2 [^ce]2-|[ce]2 z2|")) == [(2, 4, 73), (2, 4, 76)]


def test_ties_join_equal_pitches_and_slurs_do_not():
    assert rows(abc_song("A2-A2|A2-B2|A4-|A4-|A4|")) == [(0, 4, 69), (4, 2, 69), (6, 2, 71), (8, 12, 69)]
    assert rows(abc_song("A2-z2|A4|")) == [(0, 2, 69), (4, 4, 69)]
    assert rows(abc_song("[C-E]2 [CG]2|")) == [(0, 4, 60), (0, 2, 64), (2, 2, 67)]
    assert rows(abc_song("A2 A2-|1 A4 :|2 A2 z2|")) == [
        (0, 2, 69), (2, 6, 69), (8, 2, 69), (10, 4, 69),
    ]  # fmt: skip


def test_broken_rhythm_lengthens_one_note_and_shortens_the_next():
    head = "M:4/4\nL:1/8\nK:C"
    assert lengths("A>B A<B A>>B", head) == [3, 1, 1, 3, 3.5, 0.5]
    assert lengths('A>(B c) A ">" B', head) == [3, 1, 2, 2, 2]
    assert lengths("[Ac]>B z>A [Ac] < d", head) == [3, 3, 1, 1, 1, 1, 3]


def test_a_note_is_broken_once():
    assert lengths("A>>>~>B", "M:4/4\nL:1/8\nK:C") == [3.75, 0.25]
    assert lengths("A" + ">~" * 2_000 + "B", "M:4/4\nL:1/8\nK:C") == [3, 1]


def test_a_tuplet_scales_the_number_of_notes_that_it_names():
    third = 1.33
    head = "M:4/4\nL:1/8\nK:C"
    assert lengths("(3ABc d", head) == [third, third, third, 2]
    assert lengths("(3:2:2A2B d", head) == [2.67, third, 2]
    assert lengths("(3::2A2B d", head) == [2.67, third, 2]
    assert lengths("(2ABc", "M:6/8\nL:1/8\nK:C") == [3, 3, 2]
    assert lengths("(5ABcde", head) == [0.8] * 5
    assert lengths("(5ABcde", "M:9/8\nL:1/8\nK:C") == [1.2] * 5


def test_ornaments_are_ignored():
    assert of('~B .c TA vB !trill!c "Am"A "4"e HA (A B) +fermata+c') == [
        71, 72, 69, 71, 72, 69, 76, 69, 69, 71, 72,
    ]  # fmt: skip


def test_grace_notes_are_counted():
    (track,) = abc_song("{gf}A {/g}B c2|").tracks
    assert track.pitch.tolist() == [69, 71, 72]
    assert track.dropped == (Dropped("notes", Reason.GRACE_NOTE, count=3),)


def test_chords_last_as_long_as_their_first_note():
    assert rows(abc_song("[CEG]2 [A2c]A|")) == [
        (0, 2, 60), (0, 2, 64), (0, 2, 67), (2, 2, 69), (2, 1, 72), (4, 1, 69),
    ]  # fmt: skip
    assert rows(abc_song("+CE+2 +GB+|"))[:2] == [(0, 1, 60), (0, 1, 64)]


def test_overlays_sound_together():
    assert rows(abc_song("A2 B2 & C4|c4|")) == [(0, 4, 60), (0, 2, 69), (2, 2, 71), (4, 4, 72)]
    assert rows(abc_song("A4 & C2|c4|"))[2] == (4, 4, 72)


def test_rests_are_read_and_comments_and_words_ignored():
    assert rows(abc_song("A z % B c d\nw: la la\nB x|Z2|c4|")) == [(0, 1, 69), (2, 1, 71), (12, 4, 72)]


def test_voices_are_parts():
    song = abc_song('V:1 name="Tune"\nA2 B2|c4|\nV:2 octave=-1\nC4|D4|\nV:1\nd4|')
    assert [track.name for track in song.tracks] == ["Tune", "2"]
    assert rows(song) == [(0, 2, 69), (2, 2, 71), (4, 4, 72), (8, 4, 74)]
    assert rows(song, 1) == [(0, 4, 48), (4, 4, 50)]
    inline = abc_song("[V:a]A4|\n[V:b]C4|\n[V:a]B4|\n[V:b]D4|")
    assert [pitches(inline, i) for i in (0, 1)] == [[69, 71], [60, 62]]


@pytest.mark.parametrize(
    ("key", "pitch"), [("C", 60), ("C treble-8", 48), ("C clef=treble+8", 72), ("C transpose=-2", 58)]
)
def test_clefs_and_properties_transpose(key: str, pitch: int):
    assert of("C8", key) == [pitch]


def test_programs_and_drums_come_from_midi_directives():
    song = abc_song("V:1\n%%MIDI program 40\nA4|\nV:2\n%%MIDI channel 10\nC4|")
    assert [(track.program, track.is_drum) for track in song.tracks] == [(40, False), (0, True)]


def test_metre_unit_length_and_key_can_change_within_a_tune():
    song = abc_song("F2|\nM:3/4\nL:1/4\nK:G\nF3|[M:2/4][L:1/8][K:C]F4|", "M:4/4\nL:1/2\nK:C")
    assert [metre.name for metre in song.metres] == ["4/4", "3/4", "2/4"]
    assert rows(song) == [(0, 4, 65), (4, 3, 66), (7, 2, 65)]


@pytest.mark.parametrize(
    ("text", "metre"),
    [
        ("4/4", (4, 4)),
        ("C", (4, 4)),
        ("C|", (2, 2)),
        ("2+3/8", (5, 8)),
        ("(2+3+2)/8", (7, 8)),
        ("none", None),
    ],
)
def test_metres_are_parsed(text: str, metre: tuple[int, int] | None):
    assert metre_of(text, "it") == metre


@pytest.mark.parametrize(
    ("field", "tempo_qpm"),
    [
        ("1/4=90", 90),
        ("3/8=120", 180),
        ("1/2=66", 132),
        ("1/4 = 90.5", 90.5),
        ('1/4=80 "Slow"', 80),
        ('"Lively" 1/8=120', 60),
        ("1/4 1/8 1/4=40", 100),
        ("180", 90),
        ("C=180", 90),
        ("C3=60", 90),
        ('"Allegro"', 120),
        ('"Poco adagio"', 60),
        ('"Slow"', None),
        ("1/4=0", None),
    ],
)
def test_tempo_is_in_quarter_notes_a_minute(field: str, tempo_qpm: float | None):
    assert tempo_of(field, 0.5, "it") == tempo_qpm
    assert abc_song("A|", f"M:4/4\nL:1/8\nQ:{field}\nK:C").tempos[0].qpm == (tempo_qpm or 120)


def test_tempos_may_change_and_a_repeat_returns_to_the_first():
    song = abc_song("A4|[Q:1/4=60]B4:|", "M:4/4\nL:1/4\nQ:1/4=90\nK:C")
    assert [(t.tick, t.qpm) for t in song.tempos] == [(0, 90), (1920, 60), (3840, 90), (5760, 60)]


def test_the_default_unit_length_depends_on_the_metre():
    assert rows(abc_song("A", "M:2/4\nK:C")) == [(0, 0.25, 69)]
    assert rows(abc_song("A", "M:6/8\nK:C")) == [(2.5, 0.5, 69)] or rows(abc_song("A6", "M:6/8\nK:C"))


def test_a_pickup_is_at_the_end_of_its_bar():
    assert rows(abc_song("G|A4|"))[0] == (3, 1, 67)
    assert num_bars(abc_song("G|A4|")) == 2
    # In 2/4, whose bars are paired on the grid, a pair begins after the pickup.
    assert rows(abc_song("G|A2|B2|", "M:2/4\nL:1/4\nK:C")) == [(3, 1, 67), (4, 2, 69), (6, 2, 71)]


def test_the_end_of_a_repeat_and_its_pickup_make_one_bar():
    song = abc_song("|:G|A4|B3:|")
    assert [onset for onset, _, _ in rows(song)] == [3, 4, 8, 11, 12, 16]
    assert num_bars(song) == 5


def test_irregular_bars_keep_all_notes_and_the_bar_lines_after_them():
    song = abc_song("A4|B4||c|d4|e4|")
    assert rows(song)[2:4] == [(8, 1, 72), (9, 4, 74)]
    assert [(metre.tick, metre.name) for metre in song.metres] == [(0, "4/4"), (9 * 480, "4/4")]
    assert num_bars(song) == 5


def test_lines_without_a_bar_line_at_their_end_are_divided_by_the_metre():
    assert num_bars(abc_song("A4 B4\nc4|d4|")) == 4


def test_bars_in_free_metre_have_the_metre_of_their_length():
    song = abc_song("A4|B3|c|", "M:none\nL:1/4\nK:C")
    assert [metre.name for metre in song.metres] == ["4/4", "3/4", "1/4"]


def test_a_file_may_hold_several_tunes(tmp_path: Path):
    book = "% a book\nX:1\nT:One\nM:4/4\nK:C\nA8|\n\nX:2\nT:Two\nT:Also two\nM:3/4\nK:G\nF6|\n"
    assert [(t.number, t.title) for t in abc_tunes(book, "it")] == [("1", "One"), ("2", "Two / Also two")]
    path = tmp_path / "book.abc"
    path.write_text(book)
    for wanted in (2, "2", "two", "also two", "Also"):
        assert pitches(load_score(path, wanted)) == [66]
    with pytest.raises(MidiError, match=r"holds 2 tunes\. Choose one with --tune, .*: 1 One; 2 Two"):
        load_score(path)
    with pytest.raises(MidiError, match=r"has no tune 'Three'\. It has 2: 1 One"):
        load_score(path, "Three")


def test_fields_before_the_first_tune_hold_for_all():
    book = b"%%propagate-accidentals not\nM:3/4\nL:1/4\n\nX:1\nK:C\n^FFF|\n"
    assert rows(load_score_bytes(book, ".abc", "x.abc")) == [(0, 1, 66), (1, 1, 65), (2, 1, 65)]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig", "utf-16"])
def test_text_may_be_in_any_usual_encoding(encoding: str):
    song = load_score_bytes("X:1\nT:Für Elise\nL:1/4\nM:4/4\nK:C\nA4|\n".encode(encoding), ".abc", "x.abc")
    assert (song.title, pitches(song)) == ("Für Elise", [69])


def test_text_after_the_tune_is_no_music():
    assert letters(abc_song("A4|\n\nB4|\n\nA tune that a friend had of Dad.")) == "AB"
    assert letters(abc_song("%%begintext\nB c d\n%%endtext\nA4|")) == "A"


@pytest.mark.parametrize(
    ("body", "head", "fault"),
    [
        ("A|", "M:4/0\nK:C", "an impossible metre, 4/0"),
        ("A|", "M:400/4\nK:C", "a metre with 400 beats a bar; at most 64"),
        ("A|", "M:4/3\nK:C", "an impossible metre, 4/3"),
        ("A|", "L:1/0\nK:C", "a length of 1/0"),
        ("A|", "Q:1/0=60\nK:C", "a length of 1/0"),
        ("(0ABC|", "K:C", "a tuplet of 0 notes"),
        ("(3:0ABC|", "K:C", "a tuplet of 3 notes in the time of 0"),
        ("C/0|", "K:C", "a length of 1/0"),
        ("C0|", "K:C", "a note of length 0"),
        ("C" + "9" * 5000 + "|", "K:C", "a number of 5000 digits"),
        ("C" + "/" * 5000 + "|", "K:C", "a number of 5000 digits"),
        ("C" + "'" * 5000 + "|", "K:C", "a pitch outside MIDI's 0 to 127"),
        ("Z1000000000|", "K:C", "a number of 10 digits"),
        ("Z100000|", "K:C", "more than 10000 bars"),
        ("c'''''''''|", "K:C", "a pitch outside MIDI's 0 to 127"),
        ("A999999|", "L:1/1\nK:C", "ends after .* quarter notes"),
        ("A:|1-999 B:|", "K:C", "an ending number 999"),
        ("A:|1" + ",1" * 300 + " B:|", "K:C", "a field of 601 characters; at most 500"),
        ("A|", "M:4" + " " * 999 + "x\nK:C", "a field of 1001 characters; at most 500"),
        ("A[Q:" + "9" * 9_999 + "]|", "K:C", "a field of 9999 characters; at most 500"),
        ("A|", "M:4/4", "no field K:, so no music begins. Add its key, such as K:C"),
        ("\n".join(f"V:{i}\nA|" for i in range(300)), "K:C", "has 257 tracks"),
    ],
)
def test_what_cannot_be_is_one_sentence(body: str, head: str, fault: str):
    with pytest.raises(MidiError, match=rf"^tune.abc .*{fault}.*\.$"):
        abc_song(body, head)


def test_a_chord_is_tied_once(monkeypatch: pytest.MonkeyPatch):
    """A sign for each of its notes took time with the square of their number."""
    replaced, replace = [], Note._replace
    monkeypatch.setattr(Note, "_replace", lambda note, **new: replaced.append(new) or replace(note, **new))
    song = abc_song("[CEG]4" + "-" * 99 + "|[CEG]4|")
    assert (rows(song), len(replaced)) == ([(0, 8, 60), (0, 8, 64), (0, 8, 67)], 3)


def test_tempo_changes_are_counted_as_often_as_they_are_played(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "TEMPOS", limits.TEMPOS._replace(most=20))
    changes = "A[Q:60]A[Q:90]A[Q:60]A"
    assert [tempo.qpm for tempo in abc_song(f"|:{changes}:|").tempos] == [60, 90, 60, 90, 60]
    with pytest.raises(MidiError, match="changes tempo more than 20 times"):
        abc_song(f"|:{changes}:::::::|")


def test_names_of_tunes_can_be_shown():
    book = "".join(
        f"X:{number}\nT:{title}\nK:C\n" for number, title in (("\x1b[2J1", "a\x07b"), ("9" * 999, "c" * 999))
    )
    assert [(len(t.number), t.title[:3]) for t in abc_tunes(book, "it")] == [(4, "ab"), (400, "ccc")]
    with pytest.raises(MidiError, match=r"book.abc holds 2 tunes\. .*: \[2J1 ab; 999") as refusal:
        load_score_bytes(book.encode(), ".abc", "book.abc")
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 200


def test_the_head_of_a_book_counts_for_each_tune():
    book = "M:4/4\n" * 30_000 + "X:1\nK:C\nC|\n" * 100
    with pytest.raises(MidiError, match=r"it holds more than 16 MiB\."):
        abc_tunes(book, "it")


def test_bars_and_notes_are_counted_while_they_are_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MEASURES", limits.MEASURES._replace(most=20))
    monkeypatch.setattr(limits, "WRITTEN_NOTES", limits.WRITTEN_NOTES._replace(most=30))
    assert num_bars(abc_song("A4|" * 19)) == 19
    with pytest.raises(MidiError, match="more than 20 bars"):
        abc_song("A4|" * 22)
    with pytest.raises(MidiError, match="more than 30 notes"):
        abc_song("[CEG]" * 11)


@pytest.mark.parametrize(
    "unit", ["C", "C&", "!", "!x", "C-", "[", "{", '"', "[K:", ":", "+a", "(3", ">", "A>", "[1"]
)
def test_repeated_and_unclosed_signs_are_read_or_refused(unit: str):
    try:
        song = abc_song(unit * 501, "M:none\nL:1/16\nK:C")
    except MidiError:
        return
    assert song.num_notes <= 501

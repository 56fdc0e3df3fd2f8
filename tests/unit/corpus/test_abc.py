"""ABC fragments with pitches and lengths that a musician can check by hand."""

from fractions import Fraction

import pytest

from symvae.corpus.notation.abc import read_abc, read_length
from symvae.corpus.notation.key import key_signature


def tune(body: str, head: str = "M:4/4\nL:1/8\nK:C"):
    return next(read_abc(f"X:1\nT:a tune\n{head}\n{body}\n"))


def notes(body: str, head: str = "M:4/4\nL:1/8\nK:C") -> list[tuple[int | None, Fraction]]:
    return [(note.pitch, note.length_step) for bar in tune(body, head).bars for note in bar.notes]


def pitches(body: str, key: str = "C") -> list[int | None]:
    return [pitch for pitch, _ in notes(body, f"M:4/4\nL:1/8\nK:{key}")]


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 1), ("3", 3), ("/", "1/2"), ("//", "1/4"), ("3/2", "3/2"), ("/4", "1/4"), ("3/", "3/2")],
)
def test_lengths_are_parsed(text: str, length: str | int):
    assert read_length(text) == Fraction(length)


def test_octave_marks_shift_pitches():
    assert pitches("C, C c c'") == [48, 60, 72, 84]


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
        ("Hp", {"F": 1, "C": 1}),
        ("D =c", {"F": 1, "C": 0}),
        ("none", {}),
    ],
)
def test_key_signatures_alter_letters(key: str, signs: dict[str, int]):
    assert key_signature(key) == signs


def test_the_key_applies_in_every_octave():
    assert pitches("F f C c", "D") == [66, 78, 61, 73]


def test_an_accidental_holds_to_the_end_of_its_bar_in_its_octave():
    assert pitches("^F F f | F") == [66, 66, 77, 65]
    assert pitches("=F F | F", "D") == [65, 65, 66]
    assert pitches("_B __B ^^c") == [70, 69, 74]


def test_broken_rhythm_lengthens_one_note_and_shortens_the_next():
    assert [length for _, length in notes("A>B A<B A>>B")] == [3, 1, 1, 3, Fraction(7, 2), Fraction(1, 2)]
    assert [length for _, length in notes('A>(B c) A ">" B')] == [3, 1, 2, 2, 2]


def test_a_tuplet_scales_the_number_of_notes_that_it_names():
    third = Fraction(4, 3)
    assert [length for _, length in notes("(3ABc d")] == [third, third, third, 2]
    assert [length for _, length in notes("(3:2:2A2B d")] == [Fraction(8, 3), third, 2]
    assert [length for _, length in notes("(2ABc", "M:6/8\nL:1/8\nK:C")] == [3, 3, 2]


def test_ornaments_are_ignored():
    assert pitches('{gf}A ~B .c TA vB !trill!c "Am"A "4"e HA (A B)') == [
        69, 71, 72, 69, 71, 72, 69, 76, 69, 69, 71,
    ]  # fmt: skip


def test_the_highest_note_of_a_chord_is_read():
    assert notes("[CEG]2 [Ac]") == [(67, 4), (72, 2)]


def test_rests_are_read_and_comments_and_words_ignored():
    assert notes("A z2 % B c d\nw: la la\nB x") == [(69, 2), (None, 4), (71, 2), (None, 2)]


def test_only_the_first_voice_is_read():
    assert pitches("V:1\nA B|\nV:2\nC D|\nV:1\nc|") == [69, 71, 72]
    assert pitches("[V:1]A B|\n[V:2]C D|") == [69, 71]


def test_metre_and_unit_length_can_change_within_a_tune():
    bars = tune("A2|\nM:3/4\nL:1/4\nA|").bars
    assert [(bar.metre, bar.length_step) for bar in bars] == [((4, 4), 4), ((3, 4), 4)]


@pytest.mark.parametrize(
    ("field", "tempo_qpm"),
    [("1/4=90", 90), ("3/8=120", 180), ("1/2=66", 132), ('1/4=80 "Slow"', 80), ("180", 90), ('"Slow"', 120)],
)
def test_tempo_is_in_quarter_notes_a_minute(field: str, tempo_qpm: float):
    assert tune("A|", f"M:4/4\nL:1/8\nQ:{field}\nK:C").tempo_qpm == tempo_qpm


def test_the_default_unit_length_depends_on_the_metre():
    assert notes("A", "M:2/4\nK:C") == [(69, 1)]
    assert notes("A", "M:6/8\nK:C") == [(69, 2)]


@pytest.mark.parametrize("sign", ["::", ":|:", ":||:", ":|\n|:"])
def test_a_double_repeat_sign_closes_one_repeat_and_opens_the_next(sign: str):
    first, second = tune(f"A8{sign}B8|").bars
    assert first.closes_repeat
    assert second.opens_repeat
    assert not first.opens_repeat
    assert not second.closes_repeat


@pytest.mark.parametrize("text", ["A8|1 B8:|2 c8||", "A8|[1 B8:|[2 c8||", "A8 | [1 B8 :| [2 c8 |]"])
def test_endings_are_numbered_by_their_brackets(text: str):
    assert [bar.endings for bar in tune(text).bars] == [(), (1,), (2,)]


def test_a_file_may_hold_several_tunes():
    book = "% a book\nX:1\nT:one\nM:4/4\nK:C\nA8|\n\nX:2\nT:two\nT:also two\nM:3/4\nK:G\nF6|\n"
    assert [(t.number, t.title, len(t.bars)) for t in read_abc(book)] == [
        ("1", "one", 1),
        ("2", "two / also two", 1),
    ]

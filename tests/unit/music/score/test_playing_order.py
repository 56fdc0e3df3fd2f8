"""Repeats, endings and jumps in playing order, written as letters, in ABC and in MusicXML."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.score.playing_order import playing_order
from symvae.music.io.score.written import Bar, Jump
from tests.scores import abc_song, letters, num_bars, repeat, xml_bars, xml_song


def played(body: str, head: str = "M:4/4\nL:1/1\nK:C") -> str:
    """The bars of a tune in playing order; each bar of the body holds one note, its name."""
    return letters(abc_song(body, head))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A|B|C|", "ABC"),
        ("A|B:|C|", "ABABC"),
        ("|:A|B:|", "ABAB"),
        ("A|:B|C:|D|", "ABCBCD"),
        ("|:A|B:|:C|D:|", "ABABCDCD"),
        ("A|B::C|D:|", "ABABCDCD"),
        ("A|B:||:C|D:|", "ABABCDCD"),
        ("|:A|1B:|2C||D|", "ABACD"),
        ("|:A|1B|C:|2D|E:|F|", "ABCADEF"),
        ("|:A|1,3B:|2C:|", "ABACAB"),
        ("|:A|[1,2B:|[3C|D|", "ABABACD"),
        ("|:A|[1-3B:|[4C||D|", "ABABABACD"),
        ("|:A|1B:|C|", "ABAC"),
        ("A|B||C|D:|", "ABCDCD"),
        ("|:A||B:|C|", "ABABC"),
        ("A:|B:|", "AABB"),
        ("|::A::|B|", "AAAB"),
        ("|:A|1B:|2C:|:D:|", "ABACDD"),
        ("|:A|1B:|2C:|D|1E:|2F|]", "ABACDEDF"),
        ("|:A|:B:|C:|D|", "ABBCABBCD"),
    ],
)
def test_repeats_expand_in_playing_order(written: str, expected: str):
    assert played(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A|B!fine!|C|D!D.C.!|", "ABCDAB"),
        ('A|"^Fine"B|C|D"^D.C. al Fine"|', "ABCDAB"),
        ("|:A|B!fine!:|:C|D:|!D.C.!", "ABABCDCDAB"),
        ("A|!segno!B|C!fine!|D!D.S.!|", "ABCDBC"),
        ("|:A|1B:|2C!fine!|D!dacapo!|", "ABACDAC"),
        ("A|B!dacoda!|C|D!D.C.alcoda!|!coda!E|F|", "ABCDABEF"),
        ("A|B!coda!|C|D!D.C.!|!coda!E|F|", "ABCDABEF"),
        ("A|B!D.C.!|C|", "ABABC"),
        ('A|B"D.C."|C|', "ABC"),  # words without a Fine are no order
    ],
)
def test_jumps_are_followed_once_and_without_repeats(written: str, expected: str):
    assert played(written) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [("ABA", "CDEECD"), ("A2B", "CDCDEE"), ("(AB)2", "CDEECDEE"), ("A.B.B", "CDEEEE"), ("AZ", "CDEE")],
)
def test_labeled_parts_are_played_in_the_order_of_the_head(order: str, expected: str):
    head = f"M:4/4\nL:1/1\nP:{order}\nK:C"
    assert played("P:A\nC|D|\nP:B\n|:E:|", head) == expected


def test_a_repeat_does_not_go_back_beyond_the_label_of_its_part():
    assert played("P:A\nC|D|\nP:B\nE:|") == "CDEE"


@pytest.mark.parametrize(
    ("bars", "marks", "expected"),
    [
        ("ABCD", {"B": repeat("backward"), "D": repeat("backward")}, "ABABCDCD"),
        ("ABC", {"b": repeat("forward"), "B": repeat("backward", 'times="4"')}, "ABBBBC"),
        ("ABC", {
            "a": repeat("forward"),
            "b": repeat("forward"),
            "B": repeat("backward"),
            "C": repeat("backward"),
        }, "ABBCABBC"),
        ("ABCD", {
            "a": repeat("forward"),
            "b": '<barline location="left"><ending number="1, 2" type="start"/></barline>',
            "B": repeat("backward", inside='<ending number="1, 2" type="stop"/>'),
            "c": '<barline location="left"><ending number="3" type="start"/></barline>',
            "C": '<barline location="right"><ending number="3" type="discontinue"/></barline>',
        }, "ABABACD"),
        ("ABCD", {"B": '<sound fine="yes"/>', "D": '<sound dacapo="yes"/>'}, "ABCDAB"),
        ("ABCDE", {
            "B": '<sound tocoda="x"/>',
            "D": '<sound dacapo="yes"/>',
            "e": '<sound coda="x"/>',
        }, "ABCDABE"),
        ("ABCD", {
            "b": '<sound segno="s"/>',
            "C": '<sound fine="yes"/>',
            "D": '<sound dalsegno="s"/>',
        }, "ABCDBC"),
        ("ABCD", {
            "B": "<direction><direction-type><words>Fine</words></direction-type></direction>",
            "D": "<direction><direction-type><words>D.C. al Fine</words></direction-type></direction>",
        }, "ABCDAB"),
    ],
)  # fmt: skip
def test_musicxml_is_played_as_musicians_play_it(bars: str, marks: dict[str, str], expected: str):
    song = xml_song(xml_bars(bars, **marks))
    assert letters(song) == expected
    assert num_bars(song) == len(expected)


def test_repeats_after_a_jump_are_taken_where_the_score_says_so():
    marks = {"B": repeat("backward"), "C": '<sound dacapo="yes"/>'}
    assert letters(xml_song(xml_bars("ABC", **marks))) == "ABABCABC"
    marks["B"] = repeat("backward", 'after-jump="yes"')
    assert letters(xml_song(xml_bars("ABC", **marks))) == "ABABCABABC"


def test_a_repeat_in_one_part_holds_for_all():
    song = xml_song(xml_bars("AB", B=repeat("backward")), xml_bars("CD"))
    assert [len(track) for track in song.tracks] == [4, 4]


def test_more_bars_than_are_read_are_refused_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MEASURES", limits.MEASURES._replace(most=500))
    nested = [Bar((4, 4), length_quarter=4.0, opens_repeat=True) for _ in range(14)]
    nested += [Bar((4, 4), length_quarter=4.0, closes_repeat=2) for _ in range(14)]
    with pytest.raises(MidiError, match="more than 500 bars, repeats included"):
        playing_order(nested, "it")
    with pytest.raises(MidiError, match="more than 500 bars"):
        xml_song(xml_bars("AB", B=repeat("backward", 'times="999999"')))
    with pytest.raises(MidiError, match="a number of 9 digits"):
        xml_song(xml_bars("AB", B=repeat("backward", 'times="100000000"')))
    with pytest.raises(MidiError, match="more than 500 bars"):
        played("P:A\nC|", "M:4/4\nL:1/1\nP:(((A999)999)999)999\nK:C")


FORMS = st.lists(
    st.fixed_dictionaries(
        {
            "opens_repeat": st.booleans(),
            "closes_repeat": st.sampled_from([0, 0, 2, 3]),
            "ends_section": st.booleans(),
            "ending": st.sampled_from([(), (), (1,), (2,), (1, 3)]),
            "starts_ending": st.booleans(),
            "jump": st.sampled_from([None, None, None, *Jump]),
            **dict.fromkeys(("fine", "segno", "coda", "to_coda"), st.booleans()),
        }
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(forms=FORMS)
def test_any_form_ends_within_the_limit(forms: list[dict]):
    bars = [Bar((4, 4), length_quarter=4.0, **form) for form in forms]
    try:
        order = playing_order(bars, "it")
    except MidiError:
        return
    assert set(order) <= set(range(len(bars)))

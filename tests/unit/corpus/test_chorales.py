"""Chorales merge all voices into one phrase; checked by hand and against music21."""

from pathlib import Path

import pytest
from music21 import converter

from symvae.corpus.provenance import SOURCES
from symvae.corpus.source import MusicFile
from symvae.corpus.sources import chorales as chorales_module
from symvae.corpus.sources.chorales import COLLECTION, chorales
from symvae.corpus.sources.folk import music21_corpus
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.reason import Dropped, Reason
from tests.unit.corpus.unguarded import unguarded

# With a pickup and without repeats. Of every second chorale without repeats, 112 in all, 101 agree; in the
# others a voice strikes a pitch that another voice holds, which a piano cannot play.
AGREEING = ("bwv1.6", "bwv101.7", "bwv130.6")
ATTRIBUTES = (
    "<attributes><divisions>4</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
)
NOTE = (
    "<note><pitch><step>{step}</step><octave>{octave}</octave></pitch><duration>{duration}</duration></note>"
)


def bar(*notes: str) -> str:
    """A bar of notes written as "C4:4": pitch and duration in sixteenths."""
    split = (note.partition(":") for note in notes)
    return "".join(NOTE.format(step=p[0], octave=p[1], duration=length) for p, _, length in split)


def score(**parts: list[str]) -> str:
    """A MusicXML score in 4/4 with the bars of each part."""
    names = "".join(f'<score-part id="{n}"><part-name>{n}</part-name></score-part>' for n in parts)
    body = ""
    for name, bars in parts.items():
        measures = "".join(
            f'<measure number="{i}">{ATTRIBUTES if i == 1 else ""}{text}</measure>'
            for i, text in enumerate(bars, 1)
        )
        body += f'<part id="{name}">{measures}</part>'
    return f"<score-partwise><part-list>{names}</part-list>{body}</score-partwise>"


VOICES = {
    "Horn": [bar("C6:16"), bar("C6:16")],
    "Soprano": [bar("G4:8", "A4:8"), bar("C4:16")],
    "Alto": [bar("E4:16"), bar("C4:8", "D4:8")],
    "Tenor": [bar("C4:16"), bar("E3:16")],
    "Bass": [bar("C3:16"), bar("C3:16")],
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "bach").mkdir()
    return tmp_path


def read(corpus: Path, text: str) -> list[Tune | Dropped]:
    (corpus / "bach" / "bwv1.xml").write_text(text)
    return unguarded(chorales(corpus=corpus))


def test_voices_are_merged_and_instruments_ignored(corpus: Path):
    """Soprano and alto meet on C4 in bar 2: the longer note, the soprano's, is kept."""
    tune, *_ = read(corpus, score(**VOICES))
    assert isinstance(tune, Tune)
    assert (tune.name, tune.collection, tune.title) == ("bach-chorales/bwv1", COLLECTION, "bwv1")
    assert (tune.phrase.grid.metre, tune.phrase.grid.bars) == ("4/4", 2)
    rows = zip(tune.phrase.onset_step, tune.phrase.duration_step, tune.phrase.pitch, strict=True)
    assert [tuple(map(int, row)) for row in rows] == [
        (0, 16, 48),
        (0, 16, 60),
        (0, 16, 64),
        (0, 8, 67),
        (8, 8, 69),
        (16, 16, 48),
        (16, 16, 52),
        (16, 16, 60),
        (24, 8, 62),
    ]


def test_a_second_soprano_is_merged_too(corpus: Path):
    second = {"Soprano 2": [bar("B4:16"), bar("B4:16")]}
    tune, *_ = read(corpus, score(**VOICES, **second))
    assert isinstance(tune, Tune)
    assert (tune.phrase.pitch == 71).sum() == 2


def test_a_bar_that_is_short_in_one_voice_is_filled_with_rest(corpus: Path):
    for bars in ([bar("E4:16"), bar("C4:10")], [bar("E4:16")]):
        tune, *_ = read(corpus, score(**(VOICES | {"Alto": bars})))
        assert isinstance(tune, Tune)
        assert tune.phrase.grid.bars == 2


def test_a_bar_off_the_grid_in_one_voice_cuts_the_chorale(corpus: Path):
    five = {name: bars[:1] * 5 for name, bars in VOICES.items()}
    five["Alto"] = [*five["Alto"][:2], bar("E4:15.5", "D4:0.5"), *five["Alto"][:2]]
    first, second, *dropped = read(corpus, score(**five))
    assert isinstance(first, Tune)
    assert isinstance(second, Tune)
    assert (first.phrase.grid.bars, second.phrase.grid.bars) == (2, 2)
    assert ("bach-chorales/bwv1#bar 3", Reason.OFF_GRID) in [
        (item.what, item.reason) for item in dropped if isinstance(item, Dropped)
    ]


def test_a_score_without_all_voices_is_reported(corpus: Path):
    (item,) = read(corpus, score(Soprano=VOICES["Soprano"], Bass=VOICES["Bass"]))
    assert isinstance(item, Dropped)
    assert (item.what, item.reason) == ("bach-chorales/bwv1", Reason.EMPTY)
    assert "2 of the 4 voices soprano, alto" in item.detail


def test_a_damaged_score_is_reported_with_any_number_of_workers(corpus: Path):
    (corpus / "bach" / "bwv0.mxl").write_bytes(b"no zip")
    items = read(corpus, score(**VOICES))
    assert [item.reason for item in items if isinstance(item, Dropped)][:1] == [Reason.UNREADABLE]
    assert list(chorales(corpus=corpus, workers=2)) == items


def test_a_folder_without_chorales_is_refused(corpus: Path):
    with pytest.raises(CorpusError, match="No chorales in"):
        chorales(corpus=corpus)


@pytest.mark.parametrize("number", AGREEING)
def test_a_chorale_agrees_with_music21(number: str):
    """The same pitches sound on every sixteenth, counted from the first note."""
    path = music21_corpus() / "bach" / f"{number}.mxl"
    tune, *_ = chorales_module._read(MusicFile(path, number))
    assert isinstance(tune, Tune)
    start = int(tune.phrase.onset_step[0])
    columns = (tune.phrase.onset_step, tune.phrase.end_step, tune.phrase.pitch)
    ours = {(s - start, int(p)) for on, end, p in zip(*columns, strict=True) for s in range(on, end)}
    theirs = set()
    parts = {part.partName: part for part in converter.parse(path).parts}
    for name in ("Soprano", "Alto", "Tenor", "Bass"):
        for note in parts[name].flatten().notes:
            first = round(note.offset * 4)
            last = round((note.offset + note.duration.quarterLength) * 4)
            theirs |= {(step, note.pitch.midi) for step in range(first, last)}
    begin = min(step for step, _ in theirs)
    assert ours == {(step - begin, pitch) for step, pitch in theirs}


def test_released_weights_may_be_trained_on_the_chorales():
    assert SOURCES[COLLECTION]["for_released_weights"] is True

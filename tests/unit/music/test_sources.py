"""Every form in which music comes, and the sentence for everything else."""

import collections
import io
import sys
import zipfile
from pathlib import Path

import mido
import music21
import muspy
import numpy as np
import pretty_midi
import pytest
import symusic

import symvae
from symvae.errors import ArgumentError, MidiError
from symvae.music.io.bridges.words import Key, keys_of, words_of
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import to_bytes
from symvae.music.io.source import load_any, name_of, rereadable
from symvae.music.phrase import Phrase
from tests.conftest import TUNES
from tests.songs import band
from tests.unit.music.conftest import TUNE

DATA = to_bytes(TUNE)
ABC = "X:1\nT:scale\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n"
SCALE = [60, 62, 64, 65, 67, 69, 71, 72]


def musicxml(tmp_path: Path, suffix: str = ".musicxml") -> bytes:
    return symvae.write(TUNE, tmp_path / f"tune{suffix}").read_bytes()


@pytest.mark.parametrize(
    "wrap",
    [bytes, bytearray, memoryview, io.BytesIO, lambda data: io.BufferedReader(io.BytesIO(data))],
    ids=["bytes", "bytearray", "memoryview", "BytesIO", "BufferedReader"],
)
def test_bytes_and_open_files_are_read(wrap) -> None:
    assert symvae.read(wrap(DATA)) == [TUNE]


def test_a_file_is_recognized_by_its_contents(tmp_path: Path) -> None:
    score = musicxml(tmp_path)
    for name, data in {
        "tune.bin": DATA,
        "tune.xml": DATA,
        "tune.mid": score,
        "tune": musicxml(tmp_path, ".mxl"),
        "tune.txt": score.replace(b"utf-8", b"utf-16").decode().encode("utf-16"),
    }.items():
        (tmp_path / name).write_bytes(data)
        (read,) = symvae.read(tmp_path / name)
        assert read.pitch.tolist() == TUNE.pitch.tolist(), name
        assert symvae.read(data)[0].pitch.tolist() == TUNE.pitch.tolist(), name
    (tmp_path / "tune.dat").write_text(ABC)
    assert symvae.read(tmp_path / "tune.dat")[0].pitch.tolist() == SCALE


def test_text_is_read_as_abc_or_musicxml(tmp_path: Path) -> None:
    assert symvae.read(io.StringIO(ABC))[0].pitch.tolist() == SCALE
    assert symvae.read(ABC.replace("\n", "\r\n").encode())[0].pitch.tolist() == SCALE
    assert symvae.read(io.StringIO(musicxml(tmp_path).decode())) == symvae.read(tmp_path / "tune.musicxml")


def test_an_entry_of_an_archive_is_read_without_unpacking(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tunes.zip", "w") as archive:
        archive.writestr("tune.mid", DATA)
    with zipfile.ZipFile(tmp_path / "tunes.zip") as archive, archive.open("tune.mid") as file:
        assert symvae.read(file) == [TUNE]


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(DATA)))
    assert symvae.read("-") == [TUNE]
    with pytest.raises(MidiError, match="standard input is empty"):
        symvae.read(Path("-"))
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", terminal)
    with pytest.raises(MidiError, match="Pipe one into the command"):
        symvae.read("-")


def test_what_can_be_read_once_is_kept_for_the_second_time() -> None:
    kept = rereadable(io.BytesIO(DATA))
    assert symvae.read(kept) == symvae.read(kept) == [TUNE]
    assert rereadable("song.mid") == "song.mid"


def test_objects_of_other_libraries_are_read(tmp_path: Path) -> None:
    path = symvae.write(TUNE, tmp_path / "tune.mid")
    score = symusic.Score(path)
    objects = [
        pretty_midi.PrettyMIDI(str(path)),
        muspy.read_midi(path),
        score,
        score.to("quarter"),
        score.to("second"),
        mido.MidiFile(path),
    ]
    for music in objects:
        assert symvae.read(music, grid=TUNE.grid) == [TUNE], type(music)


def test_a_subclass_of_a_library_is_read() -> None:
    class Mine(pretty_midi.PrettyMIDI):
        pass

    mine = Mine(initial_tempo=97.31)
    mine.instruments = symvae.to_pretty_midi(TUNE).instruments
    assert symvae.read(mine)[0].pitch.tolist() == TUNE.pitch.tolist()


def test_streams_of_music21_are_read_as_their_scores_are() -> None:
    part = music21.converter.parse("tinynotation: 3/4 c4 d8 f g16 a g f e4 c4 g4", makeNotation=True)
    (whole,) = symvae.read(part)
    assert whole.grid.metre == "3/4"
    assert whole.pitch.tolist() == [60, 62, 65, 67, 69, 67, 65, 64, 60, 67]
    score = music21.stream.Score([part])
    assert symvae.read(score) == [whole]
    (bar,) = symvae.read(part.measure(1))
    assert bar.pitch.tolist() == [60, 62, 65, 67, 69, 67, 65]
    opus = music21.stream.Opus([score, music21.stream.Score([part.transpose(12)])])
    assert [phrase.pitch[0] for phrase in symvae.read(opus)] == [60, 72]
    with pytest.raises(MidiError, match="not 2"):
        symvae.to_muspy(opus)


def test_a_song_and_a_phrase_are_taken_as_they_are(tmp_path: Path) -> None:
    song = load(band(tmp_path / "band.mid"))
    assert load_any(song) is song
    assert symvae.read(TUNE) == [TUNE]
    assert symvae.read(song) == symvae.read(tmp_path / "band.mid")


@pytest.mark.parametrize(
    "several",
    [
        list,
        tuple,
        iter,
        collections.deque,
        lambda items: map(lambda each: each, items),
        lambda items: dict.fromkeys(items).keys(),
        lambda items: np.array([*items, None], object)[:-1],
        lambda items: (each for each in [items]),
    ],
    ids=["list", "tuple", "iterator", "deque", "map", "keys", "object array", "generator of lists"],
)
def test_several_are_taken_in_any_iterable(several, tmp_path: Path) -> None:
    path = symvae.write(TUNE.transpose(2), tmp_path / "higher.mid")
    assert symvae.read(several([TUNE, path])) == [TUNE, TUNE.transpose(2)]
    symvae.write(several([TUNE, TUNE.transpose(2)]), tmp_path / "both.mid")
    assert symvae.read(tmp_path / "both.mid", grid=TUNE.grid) == [TUNE, TUNE.transpose(2)]


def test_a_folder_is_all_the_music_in_it(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    symvae.write(TUNE, tmp_path / "deeper" / "b.MID")
    symvae.write(TUNE.transpose(1), tmp_path / "a.kar")
    (tmp_path / "notes.txt").write_text("no music")
    assert symvae.read(tmp_path) == [TUNE.transpose(1), TUNE]
    with pytest.raises(MidiError, match="holds no music"):
        symvae.read(TUNES.parent.parent / "docs" / "images")


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        42,
        3.5,
        True,
        object(),
        {"a": TUNE},
        [TUNE, None],
        np.arange(3),
        pretty_midi.Instrument(0),
        muspy.Track(notes=[muspy.Note(0, 60, 1)]),
        music21.note.Note("C4"),
        mido.Message("note_on"),
        symusic.Track(),
        lambda: TUNE,
    ],
    ids=lambda wrong: type(wrong).__name__,
)
def test_anything_else_is_refused_by_a_list_of_what_works(wrong) -> None:
    for refuse in (
        lambda: symvae.read(wrong),
        lambda: symvae.to_mido(wrong),
        lambda: symvae.write(wrong, "never.mid"),
    ):
        with pytest.raises(
            ArgumentError, match=r"Music cannot be read from .* Give a path.*muspy.*mido"
        ) as no:
            refuse()
        assert isinstance(no.value, TypeError)
        assert isinstance(no.value, symvae.SymvaeError)


def test_objects_that_contradict_themselves_are_refused() -> None:
    midi = mido.MidiFile()
    midi.tracks.append(mido.MidiTrack([mido.Message("note_on", time=0.25)]))
    with pytest.raises(MidiError, match="whole ticks"):
        symvae.read(midi)
    music = muspy.Music(resolution=24, tracks=[muspy.Track(notes=[muspy.Note(0, 60, None)])])
    with pytest.raises(MidiError, match="validate"):
        symvae.read(music)
    with pytest.raises(MidiError, match="cannot be read"):
        symvae.read(open(TUNES / "ode_to_joy.mid", "ab"))  # noqa: SIM115


def test_a_muspy_chord_is_its_notes() -> None:
    part = muspy.Track(chords=[muspy.Chord(0, [60, 64, 67], 24)], notes=[muspy.Note(24, 72, 24)])
    (read,) = symvae.read(muspy.Music(resolution=24, tracks=[part]))
    assert (read.onset_step.tolist(), read.pitch.tolist()) == ([0, 0, 0, 4], [60, 64, 67, 72])


def test_names_for_reports() -> None:
    assert [
        name_of(each) for each in ("a.mid", "-", DATA, TUNE, io.BytesIO(), symvae.to_pretty_midi(TUNE))
    ] == [
        "a.mid",
        "standard input",
        "the data",
        "the phrase",
        "the BytesIO object",
        "the PrettyMIDI object",
    ]


@pytest.mark.parametrize("name", ["x.wav", "x.WAV", "x", "x.txt", "x.mp3", "x.mid.bak", "x.png"])
def test_names_that_are_no_music_file_are_refused(name: str, tmp_path: Path) -> None:
    listed = r"\.mid, \.midi, \.kar, \.xml, \.musicxml, \.mxl, \.abc"
    with pytest.raises(MidiError, match=listed) as refused:
        symvae.write(TUNE, tmp_path / name)
    assert ("symvae render" in str(refused.value)) == (Path(name).suffix.lower() in (".wav", ".mp3"))
    assert list(tmp_path.iterdir()) == []


def test_a_binary_file_object_is_written(tmp_path: Path) -> None:
    file = io.BytesIO()
    assert symvae.write(TUNE, file) is file
    assert symvae.read(file.getvalue()) == [TUNE]
    with open(tmp_path / "tune.musicxml", "wb") as score:
        symvae.write(TUNE, score)
    assert (tmp_path / "tune.musicxml").read_bytes()[:1] == b"<"
    with pytest.raises(MidiError, match="mode 'wb'"):
        symvae.write(TUNE, io.StringIO())
    with pytest.raises(ArgumentError, match="Give a file name"):
        symvae.write(TUNE, 3)


def test_a_song_in_any_form_is_written_as_midi(tmp_path: Path) -> None:
    path = band(tmp_path / "band.mid")
    symvae.write(pretty_midi.PrettyMIDI(str(path)), tmp_path / "again.mid")
    assert [track.name for track in load(tmp_path / "again.mid").tracks] == ["melody", "bass", "kit"]
    assert symvae.read(tmp_path / "again.mid") == symvae.read(path)


def test_the_words_of_a_wrong_type(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"^track is a text or a whole number or None, not 1\.5 \("):
        symvae.read(DATA, track=1.5)
    with pytest.raises(ArgumentError, match=r"^program is a whole number, not 'piano' \(str\)\.$"):
        symvae.write(TUNE, tmp_path / "x.mid", program="piano")
    assert symvae.read(DATA, track=np.int64(0)) == [TUNE]
    with pytest.raises(ArgumentError, match=r"^grid is a Grid or None, not '4/4' \(str\)\.$"):
        symvae.read(DATA, grid="4/4")


def test_phrases_at_their_own_tempos_become_one_song() -> None:
    music = symvae.to_muspy([TUNE, TUNE.with_tempo(60.0)], program=40)
    assert [tempo.qpm for tempo in music.tempos] == [TUNE.tempo_qpm, 60]
    assert music.tracks[0].program == 40
    assert symvae.read(music, grid=TUNE.grid) == [TUNE, TUNE.with_tempo(60.0)]
    assert isinstance(symvae.read(music)[0], Phrase)


def sung() -> bytes:
    """A key, a marker, and a voice that sings four syllables."""
    head = mido.MidiTrack(
        [mido.MetaMessage("key_signature", key="F#m"), mido.MetaMessage("marker", text="Verse")]
    )
    voice = mido.MidiTrack([mido.Message("program_change", program=52)])
    for index, text in enumerate(("Freu", "de", "schö", "ner")):
        voice.append(mido.MetaMessage("lyrics", text=text))
        voice.append(mido.Message("note_on", note=60 + index, velocity=80))
        voice.append(mido.Message("note_off", note=60 + index, time=480))
    file = mido.MidiFile(tracks=[head, voice], charset="utf-8")
    data = io.BytesIO()
    file.save(file=data)
    return data.getvalue()


@pytest.mark.parametrize(
    "convert",
    [symvae.to_pretty_midi, symvae.to_muspy, symvae.to_symusic, symvae.to_mido],
    ids=lambda f: f.__name__,
)
def test_lyrics_markers_and_keys_go_to_a_library_and_back_to_a_file(convert, tmp_path: Path) -> None:
    song = load_any(convert(sung()))
    path = symvae.write(song, tmp_path / "sung.mid")
    again = load(path)
    for each in (song, again):
        assert sorted(word.text for word in words_of(each)) == ["Freu", "Verse", "de", "ner", "schö"]
        assert [word.tick for word in words_of(each) if word.text == "ner"] == [1440]
        assert keys_of(each) == [Key(0, 3, is_minor=True)]
        assert (each.tracks[0].program, len(each.tracks)) == (52, 1)


def test_a_score_of_music21_has_lyrics_at_their_notes_keys_and_text() -> None:
    (part,) = symvae.to_music21(sung()).parts
    assert [note.lyric for note in part.recurse().notes] == ["Freu", "de", "schö", "ner"]
    assert [text.content for text in part.recurse().getElementsByClass("TextExpression")] == ["Verse"]
    assert [key.sharps for key in part.recurse().getElementsByClass("KeySignature")] == [3]


def test_a_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "muspy", None)
    monkeypatch.delitem(sys.modules, "symvae.music.io.bridges.muspy", raising=False)
    with pytest.raises(symvae.ConfigError, match=r"muspy is not installed.*symvae\[muspy\]"):
        symvae.to_muspy(TUNE)

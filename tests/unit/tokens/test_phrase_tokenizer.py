"""The tokenizers of symvae as miditok tokenizers, in miditok's own workflow."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from miditok import MusicTokenizer, TokSequence
from miditok.pytorch_data import DataCollator, DatasetMIDI
from symusic import Note, Score, TimeSignature, Track

import symvae
from symvae.errors import TokenError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.load import load_tokenizer
from symvae.tokens.melody_grid import MelodyGrid
from symvae.tokens.phrase_tokenizer import PhraseTokenizer
from symvae.tokens.piano import PianoBars
from symvae.tokens.piano_grid import PianoGrid


def notes_on(grid: Grid, *columns: Sequence[int]) -> Phrase:
    """A phrase of lists: onsets, durations, pitches and, if given, velocities."""
    return Phrase(grid, *(np.array(column, np.int64) for column in columns))


GOLDEN = Path(__file__).parents[2] / "golden" / "melody_tokens.json"
TUNE = notes_on(Grid(2), [0, 4, 12], [4, 2, 17], [60, 64, 67])


@pytest.fixture(scope="module")
def tokenizer() -> PhraseTokenizer:
    return symvae.tokenizer("melody")


def score_of(phrase: Phrase, ticks_per_quarter: int = 480) -> Score:
    score = Score(ticks_per_quarter)
    score.time_signatures.append(TimeSignature(0, *map(int, phrase.grid.metre.split("/"))))
    track = Track(name="tune")
    tick = ticks_per_quarter // 4
    for onset, duration, pitch in zip(phrase.onset_step, phrase.duration_step, phrase.pitch, strict=True):
        track.notes.append(Note(int(onset) * tick, int(duration) * tick, int(pitch), 70))
    score.tracks.append(track)
    return score


def test_the_ids_equal_the_recorded_ones(tokenizer: PhraseTokenizer) -> None:
    """Released weights depend on these: a change here is a new format. See tests/golden/generate.py."""
    golden = json.loads(GOLDEN.read_text())
    assert tokenizer.vocab == golden["vocabulary"]
    assert {name: i for i, name in enumerate(MelodyGrid().token_names)} == golden["vocabulary"]
    for tune in golden["tunes"]:
        grid = Grid.of_metre(tune["metre"], tune["bars"])
        phrase = notes_on(grid, tune["onset_step"], tune["duration_step"], tune["pitch"])
        mine = symvae.tokenizer("melody", tune["metre"])
        np.testing.assert_array_equal(mine.encode_phrase(phrase), tune["ids"])
        assert mine.decode_ids(np.array(tune["ids"])) == phrase


def test_it_is_a_miditok_tokenizer(tokenizer: PhraseTokenizer) -> None:
    assert isinstance(tokenizer, MusicTokenizer)
    assert len(tokenizer) == tokenizer.vocab_size == 90
    assert tokenizer.special_tokens == []
    assert tokenizer[0] == "Hold_None"
    assert tokenizer["NoteOn_60"] == 41


def test_it_agrees_with_the_melody_grid(tokenizer: PhraseTokenizer) -> None:
    light = MelodyGrid()
    ids = light.encode_phrase(TUNE)
    np.testing.assert_array_equal(tokenizer.encode_phrase(TUNE), ids)
    assert tokenizer.decode_ids(ids, 90.0, 40) == light.decode_ids(ids, 90.0, 40)
    assert (tokenizer.metre, tokenizer.positions_per_bar) == ("4/4", 16)


def test_a_score_is_encoded_as_one_sequence_for_each_track(tokenizer: PhraseTokenizer) -> None:
    score = score_of(TUNE)
    score.tracks.append(score.tracks[0].copy())
    sequences = tokenizer(score)
    assert [type(sequence) for sequence in sequences] == [TokSequence, TokSequence]
    assert sequences[0].ids == sequences[1].ids == tokenizer.encode_phrase(TUNE).reshape(-1).tolist()
    assert sequences[0].tokens[:5] == ["NoteOn_60", "Hold_None", "Hold_None", "Hold_None", "NoteOn_64"]


def test_sequences_survive_a_score_and_a_file(tokenizer: PhraseTokenizer, tmp_path: Path) -> None:
    ids = tokenizer.encode_phrase(TUNE).reshape(-1).tolist()
    score = tokenizer.decode([ids])
    notes = score.tracks[0].notes
    assert [(n.time, n.duration, n.pitch) for n in notes] == [(0, 4, 60), (4, 2, 64), (12, 17, 67)]
    score.dump_midi(tmp_path / "tune.mid")
    assert tokenizer(tmp_path / "tune.mid")[0].ids == ids
    assert tokenizer.decode(tokenizer(tmp_path / "tune.mid")) == score


def test_a_metre_survives_the_score() -> None:
    tokenizer = symvae.tokenizer("melody", "6/8")
    jig = notes_on(Grid.of_metre("6/8", 1), [0, 6], [6, 6], [60, 67])
    score = tokenizer.decode([tokenizer.encode_phrase(jig).reshape(-1).tolist()])
    assert (score.time_signatures[0].numerator, score.time_signatures[0].denominator) == (6, 8)
    assert tokenizer(score)[0].ids == tokenizer.encode_phrase(jig).reshape(-1).tolist()


def test_silence_at_the_end_survives_a_score_and_a_file(tokenizer: PhraseTokenizer, tmp_path: Path) -> None:
    phrase = notes_on(Grid(3), [0], [4], [60])
    ids = tokenizer.encode_phrase(phrase).reshape(-1).tolist()
    score = tokenizer.decode([ids, [0] * 16])
    assert tokenizer(score)[0].ids == ids
    score.dump_midi(tmp_path / "short.mid")
    assert tokenizer(tmp_path / "short.mid")[0].ids == ids


def test_a_sequence_that_stops_inside_a_bar_is_filled_up_with_holds(tokenizer: PhraseTokenizer) -> None:
    score = tokenizer.decode([[41, 0, 0]])
    assert [(n.time, n.duration) for n in score.tracks[0].notes] == [(0, 16)]


def test_silence_is_a_score_without_notes_and_no_sequence(tokenizer: PhraseTokenizer) -> None:
    assert tokenizer(Score(480)) == []
    assert tokenizer.decode([[0] * 16]).note_num() == 0


def test_notes_that_miditok_would_drop_silently_are_refused(tokenizer: PhraseTokenizer) -> None:
    with pytest.raises(TokenError, match="The pitch 12 lies outside"):
        tokenizer(score_of(notes_on(Grid(1), [0, 4], [4, 4], [60, 12])))
    with pytest.raises(TokenError, match="one note at a time"):
        tokenizer(score_of(notes_on(Grid(1), [0, 0], [4, 4], [60, 64])))
    with pytest.raises(TokenError, match="takes 4/4, and the score is in 3/4"):
        tokenizer(score_of(notes_on(Grid.of_metre("3/4", 1), [0], [4], [60])))


@pytest.mark.parametrize(
    "own", [MelodyGrid("3/4", 40, 90), PianoBars(), PianoGrid()], ids=["melody", "piano", "piano-grid"]
)
def test_a_saved_tokenizer_loads_as_an_equal_one(own, tmp_path: Path) -> None:
    mine = PhraseTokenizer(own)
    mine.save(tmp_path / "miditok")
    mine.save_pretrained(tmp_path / "pretrained")
    own.save(tmp_path / "light")
    places = [tmp_path / folder for folder in ("miditok", "pretrained", "light")]
    assert len({(place / "tokenizer.json").read_bytes() for place in places}) == 1
    for place in (*places, places[0] / "tokenizer.json", str(places[1])):
        assert PhraseTokenizer.load(place) == PhraseTokenizer.from_pretrained(place) == mine
        assert symvae.tokenizer(place) == mine
    assert load_tokenizer(places[0]) == own
    assert mine != symvae.tokenizer("melody")
    assert hash(mine) == hash(PhraseTokenizer(own))


def test_the_front_door_names_the_kinds() -> None:
    with pytest.raises(TokenError, match=r"no tokenizer 'choir'\. Choose one of melody, piano"):
        symvae.tokenizer("choir")
    with pytest.raises(TokenError, match="4/4"):
        symvae.tokenizer("piano", "3/4")
    with pytest.raises(symvae.ArgumentError, match="name is a text or a path"):
        symvae.tokenizer(3)
    assert symvae.tokenizer(symvae.load("melody-2bar").folder) == symvae.tokenizer("melody")


PIANO = Phrase(
    Grid(3),
    np.array([0, 0, 4, 7, 20, 30]),
    np.array([8, 4, 2, 16, 3, 4]),
    np.array([48, 60, 64, 67, 55, 72]),
    np.array([103, 95, 79, 63, 47, 7]),
    98.09,
)


def test_a_piano_score_is_one_sequence_with_the_ids_of_the_model(tmp_path: Path) -> None:
    tokens, own = symvae.tokenizer("piano"), PianoBars()
    assert len(tokens) == own.vocabulary_size
    assert tokens.pad_token_id == own.padding == 0
    assert [tokens[index] for index in range(len(tokens))] == list(own.token_names)
    sequence = tokens(symvae.to_symusic(PIANO))
    assert isinstance(sequence, TokSequence)
    assert sequence.ids == own.encode_phrase(PIANO).reshape(-1).tolist()
    hands = [PIANO.select(PIANO.pitch < 60), PIANO.select(PIANO.pitch >= 60)]
    score = symvae.to_symusic(hands[0])
    score.tracks.append(symvae.to_symusic(hands[1]).tracks[0])
    assert tokens(score).ids == sequence.ids
    path = symvae.write(PIANO, tmp_path / "piano.mid")
    assert tokens(path).ids == sequence.ids
    again = tokens(sequence)
    assert tokens(again).ids == sequence.ids
    assert symvae.read(again) == [own.decode_ids(own.encode_phrase(PIANO))]
    assert tokens.decode(sequence.ids) == again


def test_drums_and_crowded_bars_of_a_piano_are_refused() -> None:
    tokens = symvae.tokenizer("piano")
    score = symvae.to_symusic(PIANO)
    score.tracks[0].is_drum = True
    with pytest.raises(TokenError, match="no tokens for drums"):
        tokens(score)
    chord = np.arange(45)
    with pytest.raises(TokenError, match="128 are the most"):
        tokens(symvae.to_symusic(Phrase(Grid(1), 0 * chord, 0 * chord + 1, 40 + chord)))


@pytest.mark.parametrize("kind", ["melody", "piano", "piano-grid"])
def test_it_feeds_a_data_set_of_miditok(kind: str, tmp_path: Path) -> None:
    tokens = symvae.tokenizer(kind)
    line = PIANO.select(np.array([1, 2, 3, 4])) if kind == "melody" else PIANO
    line = line if kind != "melody" else notes_on(Grid(2), [0, 4, 12], [4, 2, 17], [60, 64, 67])
    paths = [symvae.write(line.transpose(n), tmp_path / f"{n}.mid") for n in range(2)]
    data = DatasetMIDI(paths, tokens, max_seq_len=1024)
    batch = DataCollator(0)([data[0], data[1]])
    wanted = [tokens.encode_phrase(line.transpose(n)).reshape(-1).tolist() for n in range(2)]
    assert batch["input_ids"].tolist() == wanted

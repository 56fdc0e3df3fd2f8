"""The melody grid as a miditok tokenizer, in miditok's own workflow."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from miditok import MusicTokenizer, TokenizerConfig, TokSequence
from symusic import Note, Score, TimeSignature, Track

from symvae.errors import TokenError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.load import load_tokenizer
from symvae.tokens.melody import MelodyTokenizer
from symvae.tokens.melody_grid import MelodyGrid
from symvae.tokens.tokenizer import Tokenizer


def notes_on(grid: Grid, *columns: Sequence[int]) -> Phrase:
    """A phrase of lists: onsets, durations, pitches and, if given, velocities."""
    return Phrase(grid, *(np.array(column, np.int64) for column in columns))


GOLDEN = Path(__file__).parents[2] / "golden" / "melody_tokens.json"
TUNE = notes_on(Grid(2), [0, 4, 12], [4, 2, 17], [60, 64, 67])


@pytest.fixture(scope="module")
def tokenizer() -> MelodyTokenizer:
    return MelodyTokenizer()


def score_of(phrase: Phrase, ticks_per_quarter: int = 480) -> Score:
    score = Score(ticks_per_quarter)
    score.time_signatures.append(TimeSignature(0, *map(int, phrase.grid.metre.split("/"))))
    track = Track(name="tune")
    tick = ticks_per_quarter // 4
    for onset, duration, pitch in zip(phrase.onset_step, phrase.duration_step, phrase.pitch, strict=True):
        track.notes.append(Note(int(onset) * tick, int(duration) * tick, int(pitch), 70))
    score.tracks.append(track)
    return score


def test_the_ids_equal_the_recorded_ones(tokenizer: MelodyTokenizer) -> None:
    """Released weights depend on these: a change here is a new format. See tests/golden/generate.py."""
    golden = json.loads(GOLDEN.read_text())
    assert tokenizer.vocab == golden["vocabulary"]
    assert {name: i for i, name in enumerate(MelodyGrid().token_names)} == golden["vocabulary"]
    for tune in golden["tunes"]:
        grid = Grid.of_metre(tune["metre"], tune["bars"])
        phrase = notes_on(grid, tune["onset_step"], tune["duration_step"], tune["pitch"])
        mine = MelodyTokenizer(metre=tune["metre"])
        np.testing.assert_array_equal(mine.encode_phrase(phrase), tune["ids"])
        assert mine.decode_ids(np.array(tune["ids"])) == phrase


def test_it_is_a_miditok_tokenizer_and_one_of_ours(tokenizer: MelodyTokenizer) -> None:
    assert isinstance(tokenizer, MusicTokenizer)
    assert isinstance(tokenizer, Tokenizer)
    assert len(tokenizer) == tokenizer.vocab_size == tokenizer.vocabulary_size == 90
    assert tokenizer.special_tokens == []
    assert tokenizer[0] == "Hold_None"
    assert tokenizer["NoteOn_60"] == 41


def test_it_agrees_with_the_melody_grid(tokenizer: MelodyTokenizer) -> None:
    light = MelodyGrid()
    ids = light.encode_phrase(TUNE)
    np.testing.assert_array_equal(tokenizer.encode_phrase(TUNE), ids)
    assert tokenizer.decode_ids(ids, 90.0, 40) == light.decode_ids(ids, 90.0, 40)
    for name in ("metre", "positions_per_bar", "vocabulary_size", "token_names"):
        assert getattr(tokenizer, name) == getattr(light, name)


def test_a_score_is_encoded_as_one_sequence_for_each_track(tokenizer: MelodyTokenizer) -> None:
    score = score_of(TUNE)
    score.tracks.append(score.tracks[0].copy())
    sequences = tokenizer(score)
    assert [type(sequence) for sequence in sequences] == [TokSequence, TokSequence]
    assert sequences[0].ids == sequences[1].ids == tokenizer.encode_phrase(TUNE).reshape(-1).tolist()
    assert sequences[0].tokens[:5] == ["NoteOn_60", "Hold_None", "Hold_None", "Hold_None", "NoteOn_64"]


def test_sequences_survive_a_score_and_a_file(tokenizer: MelodyTokenizer, tmp_path: Path) -> None:
    ids = tokenizer.encode_phrase(TUNE).reshape(-1).tolist()
    score = tokenizer.decode([ids])
    notes = score.tracks[0].notes
    assert [(n.time, n.duration, n.pitch) for n in notes] == [(0, 4, 60), (4, 2, 64), (12, 17, 67)]
    score.dump_midi(tmp_path / "tune.mid")
    assert tokenizer(tmp_path / "tune.mid")[0].ids == ids
    assert tokenizer.decode(tokenizer(tmp_path / "tune.mid")) == score


def test_a_metre_survives_the_score() -> None:
    tokenizer = MelodyTokenizer(metre="6/8")
    jig = notes_on(Grid.of_metre("6/8", 1), [0, 6], [6, 6], [60, 67])
    score = tokenizer.decode([tokenizer.encode_phrase(jig).reshape(-1).tolist()])
    assert (score.time_signatures[0].numerator, score.time_signatures[0].denominator) == (6, 8)
    assert tokenizer(score)[0].ids == tokenizer.encode_phrase(jig).reshape(-1).tolist()


def test_silence_at_the_end_survives_a_score_and_a_file(tokenizer: MelodyTokenizer, tmp_path: Path) -> None:
    phrase = notes_on(Grid(3), [0], [4], [60])
    ids = tokenizer.encode_phrase(phrase).reshape(-1).tolist()
    score = tokenizer.decode([ids, [0] * 16])
    assert tokenizer(score)[0].ids == ids
    score.dump_midi(tmp_path / "short.mid")
    assert tokenizer(tmp_path / "short.mid")[0].ids == ids


def test_a_sequence_that_stops_inside_a_bar_is_filled_up_with_holds(tokenizer: MelodyTokenizer) -> None:
    score = tokenizer.decode([[41, 0, 0]])
    assert [(n.time, n.duration) for n in score.tracks[0].notes] == [(0, 16)]


def test_silence_is_a_score_without_notes_and_no_sequence(tokenizer: MelodyTokenizer) -> None:
    assert tokenizer(Score(480)) == []
    assert tokenizer.decode([[0] * 16]).note_num() == 0


def test_notes_that_miditok_would_drop_silently_are_refused(tokenizer: MelodyTokenizer) -> None:
    with pytest.raises(TokenError, match="The pitch 12 lies outside"):
        tokenizer(score_of(notes_on(Grid(1), [0, 4], [4, 4], [60, 12])))
    with pytest.raises(TokenError, match="one note at a time"):
        tokenizer(score_of(notes_on(Grid(1), [0, 0], [4, 4], [60, 64])))
    with pytest.raises(TokenError, match="takes 4/4, and the score is in 3/4"):
        tokenizer(score_of(notes_on(Grid.of_metre("3/4", 1), [0], [4], [60])))


def test_a_file_saved_by_either_tokenizer_loads_as_both(tmp_path: Path) -> None:
    mine = MelodyTokenizer(metre="3/4", min_pitch=40, max_pitch=90)
    mine.save(tmp_path / "miditok")
    MelodyGrid("3/4", 40, 90).save(tmp_path / "light")
    files = [tmp_path / folder / "tokenizer.json" for folder in ("miditok", "light")]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert MelodyTokenizer.load(tmp_path / "light") == mine == MelodyTokenizer.load(files[0])
    assert MelodyTokenizer.from_pretrained(tmp_path / "miditok") == mine
    assert load_tokenizer(tmp_path / "miditok") == MelodyGrid("3/4", 40, 90)


def test_its_settings_are_extra_keywords_of_a_miditok_config() -> None:
    config = TokenizerConfig(metre="6/8", min_pitch=48, max_pitch=83)
    tokenizer = MelodyTokenizer(config)
    assert (tokenizer.metre, tokenizer.vocabulary_size) == ("6/8", 38)
    assert tokenizer == MelodyTokenizer(metre="6/8", min_pitch=48, max_pitch=83)

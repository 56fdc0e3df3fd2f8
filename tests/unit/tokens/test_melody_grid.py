import json
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from symvae.errors import TokenError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.load import load_tokenizer
from symvae.tokens.melody_grid import MelodyGrid, ids_of
from symvae.tokens.tokenizer import Tokenizer


def notes_on(grid: Grid, *columns: Sequence[int]) -> Phrase:
    """A phrase of lists: onsets, durations, pitches and, if given, velocities."""
    return Phrase(grid, *(np.array(column, np.int64) for column in columns))


C4 = 60
ON_C4 = 2 + C4 - 21


def test_a_tune_is_encoded_as_the_module_documents() -> None:
    """C for a quarter, E for an eighth, a rest, G held over the barline to the end."""
    phrase = notes_on(Grid(2), [0, 4, 12], [4, 2, 20], [60, 64, 67])
    ids = MelodyGrid().encode_phrase(phrase)
    first = [41, 0, 0, 0, 45, 0, 1, 0, 0, 0, 0, 0, 48, 0, 0, 0]
    np.testing.assert_array_equal(ids, [first, [0] * 16])


def test_the_vocabulary_has_ninety_classes_and_no_special_tokens() -> None:
    names = MelodyGrid().token_names
    assert len(names) == MelodyGrid().vocabulary_size == 90
    assert names[:3] == ("Hold_None", "NoteOff_None", "NoteOn_21")
    assert names[-1] == "NoteOn_108"


@pytest.mark.parametrize(("metre", "positions"), [("4/4", 16), ("3/4", 12), ("6/8", 12)])
def test_positions_are_sixteenths(metre: str, positions: int) -> None:
    assert MelodyGrid(metre).positions_per_bar == positions
    assert MelodyGrid(metre).encode_phrase(Phrase(Grid.of_metre(metre, 3))).shape == (3, positions)


def test_silence_is_encoded_as_holds_and_decoded() -> None:
    silence = Phrase(Grid(2))
    ids = MelodyGrid().encode_phrase(silence)
    assert not ids.any()
    assert MelodyGrid().decode_ids(ids) == silence


def test_note_offs_and_holds_without_a_sounding_note_are_silence() -> None:
    ids = np.zeros((1, 16), np.uint8)
    ids[0, [0, 1, 5, 9, 10]] = [1, 1, ON_C4, 1, 1]
    phrase = MelodyGrid().decode_ids(ids)
    assert phrase == notes_on(Grid(1), [5], [4], [C4])


def test_a_repeated_note_on_starts_the_note_again() -> None:
    ids = np.zeros((1, 16), np.uint8)
    ids[0, [0, 8]] = ON_C4
    assert MelodyGrid().decode_ids(ids) == notes_on(Grid(1), [0, 8], [8, 8], [C4, C4])


def test_chords_are_refused_with_the_step() -> None:
    chord = notes_on(Grid(1), [0, 4, 4], [4, 4, 4], [60, 64, 67])
    with pytest.raises(
        TokenError, match=r"one note at a time, and at step 4 .* Take the melody line first\."
    ):
        MelodyGrid().encode_phrase(chord)


def test_pitches_out_of_range_are_refused_by_name() -> None:
    with pytest.raises(TokenError, match=r"The pitch 20 lies outside 21 to 108\. Transpose"):
        MelodyGrid().encode_phrase(notes_on(Grid(1), [0], [4], [20]))
    with pytest.raises(TokenError, match="The pitch 109"):
        ids_of(notes_on(Grid(1), [0], [4], [109]))


def test_another_metre_is_refused() -> None:
    with pytest.raises(TokenError, match="phrases in 4/4, and this one is in 6/8"):
        MelodyGrid("4/4").encode_phrase(Phrase(Grid.of_metre("6/8", 2)))


@pytest.mark.parametrize("shape", [(16,), (2, 12), (1, 2, 16), (0, 16)])
def test_ids_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(TokenError, match=r"shaped \(bar, 16\)"):
        MelodyGrid().decode_ids(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("an_id", [-1, 90])
def test_ids_of_another_vocabulary_are_refused(an_id: int) -> None:
    with pytest.raises(TokenError, match="Ids go from 0 to 89"):
        MelodyGrid().decode_ids(np.full((1, 16), an_id))


def test_a_smaller_range_has_a_smaller_vocabulary() -> None:
    tokenizer = MelodyGrid(min_pitch=60, max_pitch=71)
    phrase = notes_on(Grid(1), [0, 8], [8, 8], [60, 71])
    assert tokenizer.vocabulary_size == 14
    assert tokenizer.encode_phrase(phrase)[0, [0, 8]].tolist() == [2, 13]
    assert tokenizer.decode_ids(tokenizer.encode_phrase(phrase)) == phrase


@pytest.mark.parametrize("choice", [{"metre": "5/4"}, {"min_pitch": 80, "max_pitch": 60}, {"max_pitch": 128}])
def test_unknown_metres_and_impossible_ranges_are_refused(choice: dict) -> None:
    with pytest.raises(TokenError):
        MelodyGrid(**choice)


def test_it_is_a_tokenizer() -> None:
    assert isinstance(MelodyGrid(), Tokenizer)


def test_a_saved_tokenizer_loads_as_an_equal_one(tmp_path) -> None:
    tokenizer = MelodyGrid("6/8", 40, 90)
    tokenizer.save(tmp_path)
    tokenizer.save(tmp_path / "copies" / "mine.json")
    assert load_tokenizer(tmp_path) == load_tokenizer(tmp_path / "copies" / "mine.json") == tokenizer


def test_the_file_holds_the_settings_alone(tmp_path) -> None:
    MelodyGrid().save(tmp_path)
    text = (tmp_path / "tokenizer.json").read_text()
    assert str(tmp_path) not in text
    assert "/" not in text.replace('"4/4"', "")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tokenization": "MelodyTokenizer", "config": 3}'])
def test_a_damaged_file_is_one_clear_error(tmp_path, text: str) -> None:
    (tmp_path / "tokenizer.json").write_text(text)
    with pytest.raises(TokenError, match=r"is (no saved tokenizer|not JSON).* Write it again"):
        load_tokenizer(tmp_path)


def test_a_missing_file_another_kind_and_unknown_settings_have_errors_of_their_own(tmp_path) -> None:
    with pytest.raises(TokenError, match="There is no tokenizer at"):
        load_tokenizer(tmp_path)
    saved = MelodyGrid().to_dict()
    (tmp_path / "tokenizer.json").write_text(json.dumps(saved | {"tokenization": "REMI"}))
    with pytest.raises(TokenError, match="holds a 'REMI'"):
        load_tokenizer(tmp_path)
    saved["config"]["additional_params"]["swing"] = 0.6
    (tmp_path / "tokenizer.json").write_text(json.dumps(saved))
    with pytest.raises(TokenError, match=r"the setting '.*', and no MelodyTokenizer has one"):
        load_tokenizer(tmp_path)


def test_loading_a_tokenizer_imports_no_heavy_library() -> None:
    """The command line must answer at once; miditok alone takes seconds."""
    check = (
        "import sys, symvae.tokens.load; print(*{'miditok', 'torch', 'symusic', 'muspy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

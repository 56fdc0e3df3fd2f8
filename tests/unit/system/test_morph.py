"""Morphs by the released two-bar model, on tunes and on silence."""

import numpy as np
import pytest

import symvae
from symvae.attributes.key import home_shift
from symvae.errors import LatentError, PhraseError
from symvae.music.phrase import Phrase
from symvae.system.draws import seeded
from symvae.system.morph import candidates
from symvae.tokens.melody_grid import MelodyGrid
from tests.conftest import TUNES


@pytest.fixture(scope="module")
def model():
    return symvae.load("melody-2bar")


@pytest.fixture(scope="module")
def tunes() -> tuple[Phrase, Phrase]:
    (ode,), (joy,) = (symvae.read(TUNES / f"{name}.mid") for name in ("ode_to_joy", "soldiers_joy"))
    return ode, joy


@pytest.fixture(scope="module")
def ends(tunes) -> tuple[Phrase, Phrase]:
    return tuple(each.window(0, 2) for each in tunes)


def test_ends_are_exact_and_steps_even(model, ends):
    found = model.morph(*ends, 7)
    assert (found.phrases[0], found.phrases[-1]) == ends
    assert {phrase.grid for phrase in found.phrases} == {model.grid}
    np.testing.assert_allclose(found.distance, np.linspace(0, 1, 7), atol=0.1)
    assert all(a != b for a, b in zip(found.phrases, found.phrases[1:], strict=False))
    np.testing.assert_allclose(np.sum(found.origin, axis=1), 1)
    assert [phrase.tempo_qpm for phrase in found.phrases] == list(range(120, 181, 10))
    np.testing.assert_allclose(
        found.nats_per_token, model.language.nats_per_token(model.to_ids(found.phrases).numpy())
    )


def test_a_seed_repeats_its_path_and_another_finds_another(model, ends):
    again = [model.morph(*ends, 5, seed=seed).phrases for seed in (3, 3, 4, 5)]
    assert again[0] == again[1]
    assert again[2] not in (again[0], again[3])
    assert model.interpolate(*ends, 5, seed=3) == again[0]


def test_kept_rhythm(model, ends):
    for phrase in model.morph(*ends, 4, keep="rhythm").phrases:
        np.testing.assert_array_equal(phrase.onset_step, ends[0].onset_step)
        np.testing.assert_array_equal(phrase.duration_step, ends[0].duration_step)


def test_kept_pitch(model, ends):
    line = np.repeat(ends[0].pitch, ends[0].duration_step)
    phrases = model.morph(*ends, 4, keep="pitch").phrases
    for phrase in phrases:
        np.testing.assert_array_equal(phrase.pitch, line[phrase.onset_step])
    np.testing.assert_array_equal(phrases[-1].onset_step, ends[1].onset_step)


def test_in_key_the_last_step_alone_changes_the_key(model, tunes):
    ode, joy = tunes[0].window(0, 2), tunes[1].transpose(3).window(0, 2)
    found = model.morph(ode, joy, 5, in_key=True)
    assert found.phrases[-1] == joy
    np.testing.assert_array_equal(found.phrases[-2].pitch, joy.pitch + found.transposed)
    assert home_shift(found.phrases[-2]) == home_shift(ode)
    assert len(found.distance) == len(found.nats_per_token) == len(found.origin) == 5
    of_tunes = model.morph(ode, joy, 5, in_key=True, tunes=(tunes[0], tunes[1].transpose(3)))
    assert of_tunes.keys == ("D major", "F major")
    assert of_tunes.transposed == -3
    with pytest.raises(LatentError, match="steps must be 3 or more, not 2"):
        model.morph(ode, joy, 2, in_key=True)


def test_longer_melodies_are_morphed_through_overlapping_windows(model, tunes):
    a, b = (each.window(0, 5) for each in tunes)
    found = model.morph(a, b, 4)
    assert (found.phrases[0], found.phrases[-1]) == (a, b)
    assert {phrase.grid.bars for phrase in found.phrases} == {5}
    start, end = map(model.tokenizer.encode_phrase, (a, b))
    rows = candidates(model.codec, start, end, seeded(0))
    assert rows.shape[1:] == (5, 16)
    # The last window covers bars 4 and 5: there, candidates are those of these two bars by themselves.
    noiseless = rows[: len(rows) // 4]
    alone = candidates(model.codec, start[3:], end[3:], seeded(0))[: len(noiseless)]
    np.testing.assert_array_equal(noiseless[:, 3:], alone)


def test_a_square_has_exact_corners(model, tunes):
    corners = [each.window(bar, 2) for each in tunes for bar in (0, 4)]
    rows = model.interpolate_corners(*corners, steps=3)
    assert [rows[0][0], rows[0][-1], rows[-1][0], rows[-1][-1]] == corners
    with pytest.raises(LatentError, match='"search" or "slerp", not \'lerp\''):
        model.interpolate_corners(*corners, steps=3, path="lerp")


def test_a_negative_seed_is_a_seed(model, ends):
    first, again = (model.morph(*ends, 4, seed=-1).phrases for _ in range(2))
    assert first == again


def test_silence_is_an_end_like_others(model, ends):
    silence = Phrase(model.grid)
    found = model.morph(silence, ends[1], 4, in_key=True)
    assert (found.phrases[0], found.phrases[-1]) == (silence, ends[1])
    assert (found.keys[0], found.transposed) == ("", 0)
    still = model.morph(ends[0], ends[0], 3)
    assert (model.to_ids(still.phrases) == model.to_ids(ends[0])).all()
    assert still.distance == [0, 0, 0]


def test_what_cannot_be_is_one_sentence_with_a_remedy(model, ends, tunes):
    with pytest.raises(
        PhraseError, match=r"morphs melodies of 2 or more bars .* Cut them to the same length"
    ):
        model.morph(ends[0], tunes[1], 3)
    with pytest.raises(PhraseError, match="morphs melodies of 2 or more bars of 4/4"):
        model.morph(ends[0].window(0, 1), ends[1].window(0, 1), 3)
    with pytest.raises(LatentError, match='keeps "rhythm" or "pitch", not \'tempo\''):
        model.morph(*ends, 3, keep="tempo")
    with pytest.raises(LatentError, match=r"are in its key\. Leave out one of keep and in_key"):
        model.morph(*ends, 3, keep="pitch", in_key=True)
    with pytest.raises(LatentError, match='"search", "slerp" or "lerp", not \'bezier\''):
        model.interpolate(*ends, 3, path="bezier")
    with pytest.raises(LatentError, match="A searched path takes no temperature"):
        model.interpolate(*ends, 3, path="search", temperature=1.0)


def test_without_a_language_model_interpolation_is_slerp(model, ends):
    bare = symvae.SymVAE(model.folder, model.config, model.vae, model.tokenizer)
    bare.language = None
    assert bare.interpolate(*ends, 3) == model.interpolate(*ends, 3, path="slerp")
    with pytest.raises(LatentError, match=r"no language model .*\(--path slerp\)"):
        bare.morph(*ends, 3)
    assert isinstance(bare.tokenizer, MelodyGrid)

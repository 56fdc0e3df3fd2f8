"""Laws of sketches: factors of bars, and what a strict sketch holds with a network that learned nothing."""

import math
from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.config.load import load_preset, with_overrides
from symvae.config.model import ModelConfig
from symvae.config.sketch import SketchConfig
from symvae.errors import LatentError
from symvae.models.sketch.factors import combined, order_of, pattern_of
from symvae.models.sketch.inpainter import Codes, Known
from symvae.music.bar_sketch import ONSET, BarSketch, sketch_of
from symvae.music.chord_symbols import parse_chart
from symvae.music.grid import Grid
from symvae.system.build import build_sketch, build_vae
from symvae.system.codec import Codec
from symvae.system.sketching.draw import fill_in
from symvae.system.sketching.swap import swap
from symvae.tokens.melody_grid import MelodyGrid
from symvae.training.tasks.sketch_task import choice_nats
from tests.conftest import TINY as TINY_MODEL

TINY = SketchConfig(
    pitch_size=6,
    rhythm_size=4,
    embedding_size=8,
    encoder_size=8,
    summary_size=16,
    decoder_size=16,
    unfold_size=16,
    feature_size=8,
    width=32,
    layers=1,
)
BARS = st.lists(st.integers(0, 89), min_size=64, max_size=64)
STEPS = st.lists(st.sampled_from([0, 1, 2]), min_size=16, max_size=16)


@pytest.fixture(scope="module")
def codec() -> Codec:
    """Grid and vocabulary of four bars, which are all that sketches need of a model."""
    config = with_overrides(load_preset("melody-4bar-faders"), list(TINY_MODEL))
    return Codec(build_vae(config.model), MelodyGrid(), Grid(4), torch.device("cpu"), name="tiny")


@pytest.fixture(scope="module")
def network():
    return build_sketch(TINY, ModelConfig(bars=4)).eval()


def phrase_of(codec, ids):
    return codec.to_phrases(torch.tensor(ids).view(1, 4, 16))[0]


@given(BARS)
def test_order_and_pattern_are_the_whole_bar(ids):
    bars = torch.tensor(ids).view(4, 16)
    assert torch.equal(combined(order_of(bars), pattern_of(bars)), bars)


@settings(max_examples=20)
@given(BARS, STEPS, st.integers(0, 2**31))
def test_a_strict_rhythm_is_held_and_other_bars_stay(codec, network, ids, steps, seed):
    phrase, asked = phrase_of(codec, ids), BarSketch(rhythm=tuple(steps))
    results = fill_in(
        codec, network, [phrase], [{2: asked}], 2, torch.Generator().manual_seed(seed), strict=True, best_of=1
    )[0]
    for result in results:
        assert result.held.share == 1
        outside = result.phrase.onset_step // 16 != 2
        kept = phrase.select(phrase.onset_step // 16 != 2)
        assert np.array_equal(result.phrase.onset_step[outside], kept.onset_step)
        assert np.array_equal(result.phrase.pitch[outside], kept.pitch)


@settings(max_examples=20)
@given(BARS, st.lists(st.integers(21, 108), max_size=16), st.integers(0, 2**31))
def test_strict_pitches_are_held_in_order(codec, network, ids, pitches, seed):
    asked = {1: BarSketch(pitches=tuple(pitches))}
    (results,) = fill_in(
        codec,
        network,
        [phrase_of(codec, ids)],
        [asked],
        2,
        torch.Generator().manual_seed(seed),
        strict=True,
        best_of=1,
    )
    for result in results:
        assert sketch_of(result.phrase)[1].pitches == tuple(pitches)


@settings(max_examples=20)
@given(BARS, STEPS, st.lists(st.sampled_from([-1, 0, 1]), max_size=8), st.integers(0, 2**31))
def test_strict_contours_and_chords_are_held(codec, network, ids, steps, moves, seed):
    """Moves may run out of the range of the vocabulary, which is said."""
    asked = {
        3: BarSketch(rhythm=tuple(steps), contour=tuple(moves)),
        0: BarSketch(chords=parse_chart("Am F")[0]),
    }
    chance = torch.Generator().manual_seed(seed)
    try:
        (results,) = fill_in(codec, network, [phrase_of(codec, ids)], [asked], 1, chance, strict=True)
    except LatentError as error:
        assert "cannot be held" in str(error)  # noqa: PT017
    else:
        assert results[0].held.share == 1


@settings(max_examples=20)
@given(BARS, BARS)
def test_a_swap_has_the_rhythm_of_one_and_pitches_of_the_other(codec, network, ids, others):
    a, b = phrase_of(codec, ids), phrase_of(codec, others)
    (result,) = swap(codec, network, a, b, 1)
    for new, rhythm, pitches in zip(sketch_of(result), sketch_of(a), sketch_of(b), strict=True):
        assert new.rhythm == rhythm.rhythm
        if pitches.pitches and new.rhythm.count(ONSET) >= len(pitches.pitches):
            rest = iter(new.pitches)
            assert all(pitch in rest for pitch in pitches.pitches)


@given(BARS)
def test_known_codes_pass_the_inpainter_unchanged(network, ids):
    codes = network.encode(torch.tensor(ids).view(1, 4, 16)).means(4)
    known = Known(torch.tensor([[True, False, True, True]]), torch.tensor([[True, True, False, True]]))
    other = Codes(*(torch.where(mask[..., None], code, 7.0) for code, mask in zip(codes, known, strict=True)))
    with torch.no_grad():
        filled, again = network.inpainter(codes, known), network.inpainter(other, known)
    for before, after, same, mask in zip(codes, filled, again, known, strict=True):
        assert torch.equal(before[mask], after[mask])
        assert torch.equal(after, same)  # an unknown code is not looked at


def test_a_bar_is_copied_where_the_pointer_says_so(network):
    codes = network.encode(
        torch.randint(0, 90, (1, 4, 16), generator=torch.Generator().manual_seed(0))
    ).means(4)
    known = Known(torch.tensor([[True, True, False, True]]), torch.tensor([[True, True, True, True]]))
    scores = torch.full((1, 4, 5), -1.0)
    scores[0, 2, 1] = 9.0
    predicted = network.inpainter.predict(codes, known)._replace(choices=(scores, scores))
    with torch.no_grad(), mock.patch.object(network.inpainter, "predict", return_value=predicted):
        filled = network.inpainter(codes, known)
    assert torch.equal(filled.pitch[0, 2], codes.pitch[0, 1])
    assert torch.equal(filled.rhythm, codes.rhythm)


def test_the_nats_of_a_choice_are_least_for_the_bar_that_agrees():
    factor = torch.tensor([[[5, 6, 7, 0], [5, 6, 8, 0], [5, 6, 7, 0], [9, 9, 9, 9]]])
    known = torch.tensor([[True, True, False, True]])
    nats = []
    for place in (0, 1, 3, 4):
        scores = torch.tensor([0.0, 0.0, -math.inf, 0.0, 0.0]).expand(1, 4, 5).clone()
        scores[..., place] = 6.0
        nats.append(choice_nats(scores, factor, known).item())
    assert nats[0] < nats[1] < nats[3] < nats[2] < math.inf

"""Arousal judged: a planted rule is found, nobody trains on what he is asked about, and what costs nothing.

Pieces are excited as they are fast, and a little as they are loud; everything else about them is chance.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.errors import CorpusError
from symvae.evaluation.arousal import (
    FEATURES,
    POSITIONS,
    Judge,
    all_rules,
    arousal,
    by_series,
    features,
    speed_up,
    thin_and_velocity,
    thin_out,
)
from symvae.latent.arousal import HIGH, LOW, UNLABELED
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.symvae import SymVAE
from symvae.training.tasks.arousal import LABELED_SHARE, Piece, fit_arousal, labels


def rule(tempo_qpm: float, velocity: float) -> float:
    return float(2 * np.log(tempo_qpm / 110) + 0.02 * (velocity - 75))


def phrase(chance: np.random.Generator, tempo_qpm: float, velocity: int) -> Phrase:
    onset = np.sort(chance.permutation(32)[: chance.integers(6, 20)])
    columns = (onset, np.ones_like(onset), chance.integers(50, 80, len(onset)), np.full(len(onset), velocity))
    return Phrase(Grid(2), *columns, tempo_qpm=tempo_qpm)


def pieces(count: int = 60, series: int = 4, phrases: int = 2) -> list[Piece]:
    chance = np.random.default_rng(0)
    made = []
    for number in range(count):
        tempo_qpm, velocity = float(np.exp(chance.normal(np.log(110), 0.25))), int(chance.integers(40, 110))
        music = tuple(phrase(chance, tempo_qpm, velocity) for _ in range(phrases))
        made.append(Piece(f"piece {number}", f"series {number % series}", rule(tempo_qpm, velocity), music))
    return made


PIECES = pieces()
#: What a judge would say of each piece that knew the rule.
RATING = np.array([piece.arousal for piece in PIECES])


def positions(phrases: Sequence[Phrase]) -> np.ndarray:
    """Three faders as a model might have them; the first two are all that there is to arousal."""
    heard = features(phrases)
    tempo, loudness, register = (heard[:, FEATURES.index(n)] for n in ("tempo", "mean_velocity", "register"))
    return np.stack([(tempo - np.log(110)) / 0.25, (loudness - 75) / 20, (register - 65) / 3], axis=1)


NOBODY = np.empty((0, 3))


def test_a_planted_rule_is_found() -> None:
    """From forty pieces, about twenty others; what takes no part hardly weighs."""
    judge = Judge.fit(PIECES[:40])
    said = np.array([judge(piece.phrases) for piece in PIECES[40:]])
    assert np.corrcoef(said, RATING[40:])[0, 1] > 0.95
    weight = dict(zip(FEATURES, judge.weight, strict=True))
    assert weight["tempo"] > 0.3
    assert weight["mean_velocity"] > 0.2
    others = [abs(weight[name]) for name in FEATURES if name not in ("tempo", "mean_velocity")]
    assert max(others) < 0.1


def test_a_piece_is_judged_as_a_whole() -> None:
    """Its features are means over its phrases, whatever their order; the ratings' mean is met."""
    judge, piece = Judge.fit(PIECES), PIECES[0]
    assert judge(piece.phrases[::-1]) == pytest.approx(judge(piece.phrases))
    assert judge(piece.phrases * 2) == pytest.approx(judge(piece.phrases))
    assert np.mean([judge(each.phrases) for each in PIECES]) == pytest.approx(RATING.mean())


def test_the_judge_hears_the_logarithm_of_the_tempo() -> None:
    music = PIECES[0].phrases[0]
    difference = features([music.with_tempo(120.0)]) - features([music.with_tempo(60.0)])
    assert difference[0] == pytest.approx([np.log(2)] + [0] * (len(FEATURES) - 1))


def test_the_calmest_and_the_most_excited_are_labeled() -> None:
    label = labels(PIECES)
    assert [(label == kind).mean() for kind in (LOW, HIGH)] == pytest.approx([LABELED_SHARE] * 2)
    assert RATING[label == LOW].max() < RATING[label == UNLABELED].min()
    assert RATING[label == UNLABELED].max() < RATING[label == HIGH].min()


def test_the_mixture_follows_the_labels() -> None:
    found = fit_arousal(PIECES, positions, NOBODY)
    tempo, loudness, register = found.way
    assert min(tempo, loudness) > 4 * abs(register)
    mean = np.array([found.of(positions(piece.phrases)).mean() for piece in PIECES])
    assert np.corrcoef(mean, RATING)[0, 1] > 0.9


def test_a_long_piece_counts_as_much_as_a_short_one() -> None:
    longer = [PIECES[0]._replace(phrases=PIECES[0].phrases * 9), *PIECES[1:]]
    assert fit_arousal(longer, positions, NOBODY).way == pytest.approx(
        fit_arousal(PIECES, positions, NOBODY).way
    )


def test_phrases_without_labels_count_as_half_the_pieces_however_many() -> None:
    rest = np.random.default_rng(1).normal(size=(50, 3))
    few, many = (fit_arousal(PIECES, positions, unlabeled) for unlabeled in (rest, np.tile(rest, (9, 1))))
    assert many.way == pytest.approx(few.way)
    assert few.way != pytest.approx(fit_arousal(PIECES, positions, NOBODY).way)


def test_shuffled_labels_teach_nothing() -> None:
    """The same labels on other pieces: the way is shorter and no longer the rule's. A seed fixes it."""
    true = fit_arousal(PIECES, positions, NOBODY)
    shuffled = [fit_arousal(PIECES, positions, NOBODY, shuffle=seed) for seed in range(8)]
    again = fit_arousal(PIECES, positions, NOBODY, shuffle=0)
    assert (again.way == shuffled[0].way).all()
    assert (shuffled[1].way != shuffled[0].way).any()
    assert np.mean([np.linalg.norm(each.way) for each in shuffled]) < 0.5 * np.linalg.norm(true.way)


# By series


def test_nothing_is_learned_from_the_series_that_is_judged(monkeypatch) -> None:
    moves: list[set[str]] = []
    judges: list[set[str]] = []
    fit = Judge.fit

    def fit_spied(others):
        judges.append({piece.series for piece in others})
        return fit(others)

    def make_move(others):
        learned = {piece.series for piece in others}
        moves.append(learned)

        def move(phrases, position):
            (series,) = {piece.series for piece in PIECES if piece.phrases == tuple(phrases)}
            assert series not in learned
            return list(phrases)

        return move

    monkeypatch.setattr(Judge, "fit", fit_spied)
    by_series(PIECES, make_move)
    everything = {f"series {number}" for number in range(4)}
    assert judges == moves == [everything - {f"series {number}"} for number in range(4)]


def test_speeding_up_is_a_way_where_the_tempo_counts() -> None:
    told: list[float] = []
    figures = by_series(PIECES, lambda others: speed_up, progress=lambda what, share: told.append(share))
    assert figures["pieces"] == len(PIECES)
    assert figures["spearman"] == pytest.approx(1)
    assert figures["range"] > 1
    assert min(figures["low_to_high"], figures["high_to_low"]) > 0.4
    assert (figures["chroma"], figures["groove"]) == pytest.approx((1, 1))
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_doing_nothing_is_no_way() -> None:
    """A piece that was calm is still judged calm, but for the judge's errors."""
    figures = by_series(PIECES, lambda others: lambda phrases, position: list(phrases))
    assert (figures["spearman"], figures["range"]) == (0, 0)
    assert (figures["chroma"], figures["groove"]) == pytest.approx((1, 1))
    assert max(figures["low_to_high"], figures["high_to_low"]) < 0.15


def test_going_the_wrong_way_is_worse_than_nothing() -> None:
    figures = by_series(PIECES, lambda others: lambda phrases, position: speed_up(phrases, 1 - position))
    assert figures["spearman"] == pytest.approx(-1)
    assert figures["range"] < -1


def test_a_way_learned_from_the_others_excites() -> None:
    """The fader's mixture, moved along by hand: tempo and velocity are set, the register stays."""

    def make_move(others):
        found = fit_arousal(others, positions, NOBODY)

        def move(phrases, position):
            held = np.array([False, False, True])
            aim = found.toward(positions(phrases), np.full(len(phrases), position), held)
            return [
                Phrase(
                    *(p.grid, p.onset_step, p.duration_step, p.pitch),
                    velocity=np.full(len(p), np.clip(round(75 + 20 * loudness), 1, 127)),
                    tempo_qpm=110 * np.exp(0.25 * tempo),
                )
                for p, (tempo, loudness, _) in zip(phrases, aim, strict=True)
            ]

        return move

    figures = by_series(PIECES, make_move)
    assert figures["spearman"] > 0.95
    assert figures["low_to_high"] == figures["high_to_low"] == 1.0


def test_pieces_of_one_series_only_are_refused() -> None:
    with pytest.raises(CorpusError) as refused:
        by_series([piece._replace(series="one") for piece in PIECES], lambda others: speed_up)
    assert str(refused.value) == (
        "Pieces of one series only: there is no other to learn from. Give more series."
    )


# A model's own


class Conductor(SymVAE):
    """A model that can conduct and nothing else: of its two faders only the tempo moves."""

    def __init__(self, perfect: SymVAE) -> None:
        super().__init__(perfect.folder, perfect.config, perfect.vae, perfect.tokenizer)
        names = ("tempo", "register")
        music = [phrase for piece in PIECES for phrase in piece.phrases]
        self.scales = Scales.fit(names, measure_phrases(music, names))

    def with_arousal(self, arousal):
        model = Conductor(self)
        model.scales = replace(self.scales, arousal=arousal)
        return model

    def fade_each(self, phrases, values, *, hold=(), best_of=1):
        here = self.scales.positions(measure_phrases(phrases, self.scales.names)).double().numpy()
        wanted = np.array([wish["arousal"] for wish in values])
        held = np.array([name in hold for name in self.scales.names])
        tempo = self.scales.calibrations[0].value_at(self.scales.arousal.toward(here, wanted, held)[:, 0])
        return [phrase.with_tempo(float(qpm)) for phrase, qpm in zip(phrases, tempo, strict=True)]


def test_a_model_is_held_against_all_that_costs_nothing(perfect: SymVAE) -> None:
    model, told = Conductor(perfect), []
    unlabeled = model.scales.positions(measure_phrases(PIECES[0].phrases, model.scales.names))
    figures = arousal(
        model,
        PIECES[:16],
        unlabeled.double().numpy(),
        progress=lambda what, share: told.append((what, share)),
    )
    ways = ["fader", "fader_tempo_held", "shuffled_labels", "speed_up", "thin_out", "all_rules"]
    ways.append("thin_and_velocity")
    assert list(figures) == ["series", "positions", *ways]
    assert (figures["series"], figures["positions"]) == (4, POSITIONS.round(4).tolist())
    assert told == [(way, share) for way in ways for share in (0.25, 0.5, 0.75, 1.0)]
    assert figures["fader"]["spearman"] > 0.99
    assert (figures["fader_tempo_held"]["spearman"], figures["fader_tempo_held"]["range"]) == (0, 0)
    assert model.scales.arousal is None


# What costs nothing

PHRASES = st.integers(0, 10**6).map(lambda seed: phrase(np.random.default_rng(seed), 100.0, 80))


@given(PHRASES, st.floats(0, 1), st.floats(0, 1))
def test_rules_rise_with_the_position(music: Phrase, a: float, b: float) -> None:
    low, high = sorted((a, b))
    for rule_of in (speed_up, thin_out, all_rules, thin_and_velocity):
        (calm,), (wild,) = rule_of([music], low), rule_of([music], high)
        assert calm.tempo_qpm <= wild.tempo_qpm
        assert 1 <= len(calm) <= len(wild) <= len(music)
        assert calm.velocity.max() <= wild.velocity.max()


@given(PHRASES, st.floats(0, 1))
def test_each_rule_changes_only_its_own(music: Phrase, position: float) -> None:
    factor = 1 + 0.35 * (2 * position - 1)
    assert speed_up([music], position) == [music.with_tempo(100.0 * factor)]
    (thinner,) = thin_out([music], position)
    notes = {(n, p) for n, p in zip(music.onset_step, music.pitch, strict=True)}
    assert {(n, p) for n, p in zip(thinner.onset_step, thinner.pitch, strict=True)} <= notes
    assert len(thinner) == max(1, round(min(1, factor) * len(music)))
    assert (thinner.tempo_qpm, set(thinner.velocity)) == (100.0, {80})
    (both,) = thin_and_velocity([music], position)
    assert both.tempo_qpm == 100.0
    assert set(both.velocity) == {min(127, round(80 * factor))}
    assert both.onset_step.tolist() == thinner.onset_step.tolist()
    (all_of_them,) = all_rules([music], position)
    assert all_of_them == both.with_tempo(100.0 * factor)


def test_the_weakest_sixteenths_go_first() -> None:
    music = Phrase(Grid(1), np.array([0, 1, 2, 4, 7, 8]), np.ones(6, np.int64), np.full(6, 60))
    (calm,) = thin_out([music], 0.0)
    assert calm.onset_step.tolist() == [0, 2, 4, 8]


def test_in_the_middle_and_on_silence_nothing_changes() -> None:
    silence, music = Phrase(Grid(2)), PIECES[0].phrases[0]
    for rule_of in (speed_up, thin_out, all_rules, thin_and_velocity):
        assert rule_of([music], 0.5) == [music]
        assert rule_of([silence], POSITIONS[0])[0].onset_step.tolist() == []

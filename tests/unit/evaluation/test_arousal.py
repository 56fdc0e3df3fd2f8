"""The arousal protocol on pieces whose arousal follows a known rule of tempo and velocity."""

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
    RatingRegression,
    arousal,
    features,
    leave_one_series_out,
    tables,
)
from symvae.evaluation.arousal_rules import all_rules, speed_up, thin_and_velocity, thin_out
from symvae.evaluation.result import as_json
from symvae.latent.arousal import HIGH, LOW, UNLABELED
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.symvae import SymVAE
from symvae.training.tasks.arousal import LABELED_SHARE, Piece, fit_arousal, labels


def rule(tempo_qpm: float, velocity: float) -> float:
    return float(2 * np.log(tempo_qpm / 110) + 0.02 * (velocity - 75))


def phrase(rng: np.random.Generator, tempo_qpm: float, velocity: int) -> Phrase:
    onset = np.sort(rng.permutation(32)[: rng.integers(6, 20)])
    columns = (onset, np.ones_like(onset), rng.integers(50, 80, len(onset)), np.full(len(onset), velocity))
    return Phrase(Grid(2), *columns, tempo_qpm=tempo_qpm)


def pieces(count: int = 60, series: int = 4, phrases: int = 2) -> list[Piece]:
    rng = np.random.default_rng(0)
    made = []
    for number in range(count):
        tempo_qpm, velocity = float(np.exp(rng.normal(np.log(110), 0.25))), int(rng.integers(40, 110))
        music = tuple(phrase(rng, tempo_qpm, velocity) for _ in range(phrases))
        made.append(Piece(f"piece {number}", f"series {number % series}", rule(tempo_qpm, velocity), music))
    return made


PIECES = pieces()
#: Rating of each piece by the rule.
RATING = np.array([piece.arousal for piece in PIECES])


def positions(phrases: Sequence[Phrase]) -> np.ndarray:
    """Three fader positions of each phrase; only the first two determine arousal."""
    measured = features(phrases)
    tempo, loudness, register = (
        measured[:, FEATURES.index(n)] for n in ("tempo", "mean_velocity", "register")
    )
    return np.stack([(tempo - np.log(110)) / 0.25, (loudness - 75) / 20, (register - 65) / 3], axis=1)


NONE = np.empty((0, 3))


def test_the_regression_recovers_the_rule() -> None:
    """Fitted to forty pieces, it predicts twenty others; irrelevant features have small weights."""
    regression = RatingRegression.fit(PIECES[:40])
    predicted = np.array([regression.predict(piece.phrases) for piece in PIECES[40:]])
    assert np.corrcoef(predicted, RATING[40:])[0, 1] > 0.95
    weight = dict(zip(FEATURES, regression.weight, strict=True))
    assert weight["tempo"] > 0.3
    assert weight["mean_velocity"] > 0.2
    others = [abs(weight[name]) for name in FEATURES if name not in ("tempo", "mean_velocity")]
    assert max(others) < 0.1


def test_the_regression_rates_a_piece_as_a_whole() -> None:
    """Features are means over phrases in any order; the mean prediction is the mean rating."""
    regression, piece = RatingRegression.fit(PIECES), PIECES[0]
    assert regression.predict(piece.phrases[::-1]) == pytest.approx(regression.predict(piece.phrases))
    assert regression.predict(piece.phrases * 2) == pytest.approx(regression.predict(piece.phrases))
    assert np.mean([regression.predict(each.phrases) for each in PIECES]) == pytest.approx(RATING.mean())


def test_the_tempo_enters_as_its_logarithm() -> None:
    music = PIECES[0].phrases[0]
    difference = features([music.with_tempo(120.0)]) - features([music.with_tempo(60.0)])
    assert difference[0] == pytest.approx([np.log(2)] + [0] * (len(FEATURES) - 1))


def test_the_calmest_and_the_most_excited_are_labeled() -> None:
    label = labels(PIECES)
    assert [(label == kind).mean() for kind in (LOW, HIGH)] == pytest.approx([LABELED_SHARE] * 2)
    assert RATING[label == LOW].max() < RATING[label == UNLABELED].min()
    assert RATING[label == UNLABELED].max() < RATING[label == HIGH].min()


def test_the_mixture_follows_the_labels() -> None:
    found = fit_arousal(PIECES, positions, NONE)
    tempo, loudness, register = found.weights
    assert min(tempo, loudness) > 4 * abs(register)
    mean = np.array([found.of(positions(piece.phrases)).mean() for piece in PIECES])
    assert np.corrcoef(mean, RATING)[0, 1] > 0.9


def test_a_long_piece_counts_as_much_as_a_short_one() -> None:
    longer = [PIECES[0]._replace(phrases=PIECES[0].phrases * 9), *PIECES[1:]]
    assert fit_arousal(longer, positions, NONE).weights == pytest.approx(
        fit_arousal(PIECES, positions, NONE).weights
    )


def test_phrases_without_labels_count_as_half_the_pieces_however_many() -> None:
    rest = np.random.default_rng(1).normal(size=(50, 3))
    few, many = (fit_arousal(PIECES, positions, unlabeled) for unlabeled in (rest, np.tile(rest, (9, 1))))
    assert many.weights == pytest.approx(few.weights)
    assert few.weights != pytest.approx(fit_arousal(PIECES, positions, NONE).weights)


def test_shuffled_labels_give_a_short_and_different_direction() -> None:
    """The same labels on other pieces: the way is shorter and no longer the rule's. A seed fixes it."""
    true = fit_arousal(PIECES, positions, NONE)
    shuffled = [fit_arousal(PIECES, positions, NONE, shuffle=seed) for seed in range(8)]
    again = fit_arousal(PIECES, positions, NONE, shuffle=0)
    assert (again.weights == shuffled[0].weights).all()
    assert (shuffled[1].weights != shuffled[0].weights).any()
    assert np.mean([np.linalg.norm(each.weights) for each in shuffled]) < 0.5 * np.linalg.norm(true.weights)


# Leave one series out


def test_nothing_is_fitted_to_the_held_out_series(monkeypatch) -> None:
    moves: list[set[str]] = []
    regressions: list[set[str]] = []
    fit = RatingRegression.fit

    def fit_spied(others):
        regressions.append({piece.series for piece in others})
        return fit(others)

    def make_move(others):
        learned = {piece.series for piece in others}
        moves.append(learned)

        def move(phrases, position):
            (series,) = {piece.series for piece in PIECES if piece.phrases == tuple(phrases)}
            assert series not in learned
            return list(phrases)

        return move

    monkeypatch.setattr(RatingRegression, "fit", fit_spied)
    leave_one_series_out(PIECES, make_move)
    everything = {f"series {number}" for number in range(4)}
    assert regressions == moves == [everything - {f"series {number}"} for number in range(4)]


def test_speeding_up_raises_a_rating_that_depends_on_tempo() -> None:
    shares: list[float] = []
    figures = leave_one_series_out(
        PIECES, lambda others: speed_up, progress=lambda what, share: shares.append(share)
    )
    assert figures.pieces == len(PIECES)
    assert figures.spearman == pytest.approx(1)
    assert figures.range > 1
    assert min(figures.low_to_high, figures.high_to_low) > 0.4
    assert (figures.chroma, figures.groove) == pytest.approx((1, 1))
    assert shares == [0.25, 0.5, 0.75, 1.0]


def test_unchanged_music_keeps_its_rating() -> None:
    """A calm piece is still rated calm, except for errors of the regression."""
    figures = leave_one_series_out(PIECES, lambda others: lambda phrases, position: list(phrases))
    assert (figures.spearman, figures.range) == (0, 0)
    assert (figures.chroma, figures.groove) == pytest.approx((1, 1))
    assert max(figures.low_to_high, figures.high_to_low) < 0.15


def test_the_inverted_move_has_correlation_minus_1() -> None:
    figures = leave_one_series_out(
        PIECES, lambda others: lambda phrases, position: speed_up(phrases, 1 - position)
    )
    assert figures.spearman == pytest.approx(-1)
    assert figures.range < -1


def test_a_mixture_fitted_to_other_series_excites_and_calms() -> None:
    """The fader's mixture applied directly: tempo and velocity are set, the register is held."""

    def make_move(others):
        found = fit_arousal(others, positions, NONE)

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

    figures = leave_one_series_out(PIECES, make_move)
    assert figures.spearman > 0.95
    assert figures.low_to_high == figures.high_to_low == 1.0


def test_pieces_of_one_series_only_are_refused() -> None:
    with pytest.raises(CorpusError) as refused:
        leave_one_series_out([piece._replace(series="one") for piece in PIECES], lambda others: speed_up)
    assert str(refused.value) == (
        "All pieces are of one series, and no other is left to learn from. Give more series."
    )


# A model


class TempoModel(SymVAE):
    """A model of two faders, of which only the tempo has an effect."""

    def __init__(self, perfect: SymVAE) -> None:
        super().__init__(perfect.folder, perfect.config, perfect.vae, perfect.tokenizer)
        names = ("tempo", "register")
        music = [phrase for piece in PIECES for phrase in piece.phrases]
        self.scales = Scales.fit(names, measure_phrases(music, names))

    def with_arousal(self, arousal):
        model = TempoModel(self)
        model.scales = replace(self.scales, arousal=arousal)
        return model

    def fade_each(self, phrases, values, *, hold=(), best_of=1):
        here = self.scales.positions(measure_phrases(phrases, self.scales.names)).double().numpy()
        wanted = np.array([wish["arousal"] for wish in values])
        held = np.array([name in hold for name in self.scales.names])
        tempo = self.scales.calibrations[0].value_at(self.scales.arousal.toward(here, wanted, held)[:, 0])
        return [phrase.with_tempo(float(qpm)) for phrase, qpm in zip(phrases, tempo, strict=True)]


def test_a_model_is_compared_with_all_baselines(perfect: SymVAE) -> None:
    model, reports = TempoModel(perfect), []
    unlabeled = model.scales.positions(measure_phrases(PIECES[0].phrases, model.scales.names))
    result = arousal(
        model,
        PIECES[:16],
        unlabeled.double().numpy(),
        progress=lambda what, share: reports.append((what, share)),
    )
    figures = as_json(result)
    ways = ["fader", "fader_tempo_held", "shuffled_labels", "speed_up", "thin_out", "all_rules"]
    ways.append("thin_and_velocity")
    assert list(figures) == ["series", "positions", "partial_effects", *ways]
    effects = figures["partial_effects"]
    assert effects["tempo"]["weight"] > 0.3 > abs(effects["register"]["weight"])
    assert [each["expected"] for each in effects.values()] == [1, 0]
    assert "| tempo | +" in tables(figures)
    assert (figures["series"], figures["positions"]) == (4, POSITIONS.round(4).tolist())
    assert reports == [(way, share) for way in ways for share in (0.25, 0.5, 0.75, 1.0)]
    assert figures["fader"]["spearman"] > 0.99
    assert (figures["fader_tempo_held"]["spearman"], figures["fader_tempo_held"]["range"]) == (0, 0)
    assert model.scales.arousal is None


# Rules

PHRASES = st.integers(0, 10**6).map(lambda seed: phrase(np.random.default_rng(seed), 100.0, 80))


@given(PHRASES, st.floats(0, 1), st.floats(0, 1))
def test_rules_are_monotone_in_the_position(music: Phrase, a: float, b: float) -> None:
    low, high = sorted((a, b))
    for rule_of in (speed_up, thin_out, all_rules, thin_and_velocity):
        (calm,), (excited,) = rule_of([music], low), rule_of([music], high)
        assert calm.tempo_qpm <= excited.tempo_qpm
        assert 1 <= len(calm) <= len(excited) <= len(music)
        assert calm.velocity.max() <= excited.velocity.max()


@given(PHRASES, st.floats(0, 1))
def test_each_rule_changes_its_own_property_only(music: Phrase, position: float) -> None:
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


def test_thinning_removes_the_weakest_sixteenths_first() -> None:
    music = Phrase(Grid(1), np.array([0, 1, 2, 4, 7, 8]), np.ones(6, np.int64), np.full(6, 60))
    (calm,) = thin_out([music], 0.0)
    assert calm.onset_step.tolist() == [0, 2, 4, 8]


def test_rules_change_nothing_at_the_middle_or_in_silence() -> None:
    silence, music = Phrase(Grid(2)), PIECES[0].phrases[0]
    for rule_of in (speed_up, thin_out, all_rules, thin_and_velocity):
        assert rule_of([music], 0.5) == [music]
        assert rule_of([silence], POSITIONS[0])[0].onset_step.tolist() == []

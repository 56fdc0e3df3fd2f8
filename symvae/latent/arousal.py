"""Arousal: how excited music sounds, as a direction through the faders.

Music FaderNets (Tan and Herremans 2020, arXiv 2007.15474) infer a high-level feature from low-level ones: the
fader coordinates follow a mixture of two Gaussians, low and high arousal, learned from few labeled and many
unlabeled phrases (semi-supervised: Kingma et al. 2014, arXiv 1406.5298). Here the coordinates are the
calibrated positions of attributes, so the mixture is fitted by expectation maximization with the components
of labeled phrases fixed and one covariance for both. The log odds of "high" are then linear in the faders,

    score(x) = w·x + b,   w = Σ⁻¹ (μ_high − μ_low),

and of all moves that reach a score, the one along Σw has the least Mahalanobis norm. With some faders held,
the same holds for the others, conditionally on the held ones.

Few labels confound what goes together in the labeled music: loud pieces have few notes there, so that more
notes would come softer. Where the expected sign of each fader's effect is given, w has these signs,

    w = argmin ½ w·(Σ + λI)w − (μ_high − μ_low + λκ s)·w   with   s_f w_f ≥ 0,

where κ is a small effect that is expected without any label, and a move follows the partial effects alone,
along diag(Σ)w over the faders with a sign: none moves because another one does, and none against its sign.

It handles numbers and knows no network.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.errors import CorpusError

#: Labels of phrases: a component of the mixture, or none.
LOW, HIGH, UNLABELED = 0, 1, -1
_ROUNDS = 50
_COLUMNS = ("mean", "covariance", "score_at")
_RIDGE = 1e-2
MOST_KNOTS = 65
#: Where signs are given: variance added to every fader, and the effect that is expected of a sign alone.
_SHRINKAGE, _EXPECTED = 1.0, 0.1
_SWEEPS = 500


@dataclass(frozen=True, eq=False)
class Arousal:
    """Mixture over fader positions, and a scale from 0 to 1: the share of phrases that are calmer."""

    mean: Float[np.ndarray, "2 fader"]
    covariance: Float[np.ndarray, "fader fader"]
    score_at: Float[np.ndarray, " knot"]
    """Scores of the arousals from 0 to 1 in equal steps, increasing."""
    sign: Int[np.ndarray, " fader"] | None = None
    """Expected sign of each effect: 1, -1, or 0 for one that stays; None for none."""

    @classmethod
    def fit(
        cls,
        positions: Float[np.ndarray, "phrase fader"],
        label: Int[np.ndarray, " phrase"],
        weight: Float[np.ndarray, " phrase"] | None = None,
        sign: Int[np.ndarray, " fader"] | None = None,
    ) -> "Arousal":
        """Fit the mixture by expectation maximization.

        Args:
            positions: fader positions.
            label: `LOW`, `HIGH` or `UNLABELED`.
            weight: weight of each phrase, in the mixture and on the scale; None for 1.
            sign: expected sign of each fader's effect, 0 for one that stays; None for no expectation.

        Returns:
            The mixture with its scale.

        Raises:
            CorpusError: a label is missing.
        """
        if not ((label == LOW).any() and (label == HIGH).any()):
            raise CorpusError("Arousal is learned from calm and excited phrases. Give labels of both kinds.")
        weight = np.ones(len(label)) if weight is None else weight
        share = np.stack([label == LOW, label == HIGH], axis=1).astype(float)
        free = label == UNLABELED
        for _ in range(_ROUNDS):
            each = share * weight[:, None]
            size = each.sum(axis=0)
            mean = each.T @ positions / size[:, None]
            covariance = _RIDGE * np.eye(positions.shape[1])
            for component in (LOW, HIGH):
                deviation = positions - mean[component]
                covariance += (each[:, component, None] * deviation).T @ deviation / size.sum()
            if not free.any():
                break
            density = _log_density(positions[free], mean, covariance) + np.log(size / size.sum())
            share[free] = np.exp(density - np.logaddexp.reduce(density, axis=1, keepdims=True))
        mixture = cls(mean, covariance, np.empty(0), sign)
        score = mixture.score(positions)
        order = np.argsort(score, kind="stable")
        rank = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
        return cls(mean, covariance, np.interp(np.linspace(0, 1, MOST_KNOTS), rank, score[order]), sign)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Arousal":
        """Restore from `to_dict`; raises KeyError or ValueError for anything else."""
        mean, covariance, score_at = (np.array(saved[name], float) for name in _COLUMNS)
        size = mean.shape[-1] if mean.ndim == 2 else 0
        if mean.shape != (2, size) or covariance.shape != (size, size) or score_at.ndim != 1 or not size:
            raise ValueError("the mixture of the arousal has other sizes")
        if not (np.isfinite(mean).all() and len(score_at) > 1 and (np.diff(score_at) >= 0).all()):
            raise ValueError("the scale of the arousal does not rise")
        np.linalg.cholesky(covariance)
        sign = None if saved.get("sign") is None else np.array(saved["sign"], int)
        if sign is not None and (sign.shape != (size,) or not np.isin(sign, (-1, 0, 1)).all()):
            raise ValueError("the arousal has a sign for each fader: -1, 0 or 1")
        return cls(mean, covariance, score_at, sign)

    def to_dict(self) -> dict[str, Any]:
        """Convert to JSON types."""
        columns = {name: getattr(self, name).round(6).tolist() for name in _COLUMNS}
        return columns if self.sign is None else {**columns, "sign": self.sign.tolist()}

    @cached_property
    def weights(self) -> Float[np.ndarray, " fader"]:
        """The weights w: the change of the score when a fader moves by 1, with all others held."""
        apart = self.mean[HIGH] - self.mean[LOW]
        if self.sign is None:
            return np.linalg.solve(self.covariance, apart)
        covariance = self.covariance + _SHRINKAGE * np.eye(len(apart))
        apart = apart + _SHRINKAGE * _EXPECTED * self.sign
        weights, sign = np.zeros(len(apart)), self.sign
        for _ in range(_SWEEPS):  # coordinate descent, each coordinate projected onto its sign
            for fader, variance in enumerate(np.diag(covariance)):
                best = weights[fader] + (apart[fader] - covariance[fader] @ weights) / variance
                weights[fader] = best if sign[fader] == 0 else sign[fader] * max(0.0, sign[fader] * best)
        return weights

    def direction(self, held: Bool[np.ndarray, " fader"] | None = None) -> Float[np.ndarray, " fader"]:
        """Direction of a move toward more arousal.

        Args:
            held: faders that stay.

        Returns:
            The relative move of each fader; 0 where it is held, and everywhere if nothing is free to move.
        """
        free = np.ones(len(self.weights), bool) if held is None else ~held
        move = np.zeros(len(free))
        if self.sign is not None:
            return np.where(free & (self.sign != 0), np.diag(self.covariance) * self.weights, 0.0)
        if free.any():
            precision = np.linalg.inv(self.covariance)[np.ix_(free, free)]
            move[free] = np.linalg.solve(precision, self.weights[free])
        return move

    def score(self, positions: Float[np.ndarray, "phrase fader"]) -> Float[np.ndarray, " phrase"]:
        """Log odds of high arousal, for components of equal size."""
        return (positions - self.mean.mean(axis=0)) @ self.weights

    def of(self, positions: Float[np.ndarray, "phrase fader"]) -> Float[np.ndarray, " phrase"]:
        """Arousal, 0 to 1."""
        return np.interp(self.score(positions), self.score_at, np.linspace(0, 1, len(self.score_at)))

    def toward(
        self,
        positions: Float[np.ndarray, "phrase fader"],
        arousal: Float[np.ndarray, " phrase"],
        held: Bool[np.ndarray, " fader"] | None = None,
    ) -> Float[np.ndarray, "phrase fader"]:
        """Move faders by the least change that reaches an arousal.

        Args:
            positions: current positions.
            arousal: the arousal to reach, 0 to 1.
            held: faders that stay; where none is free to move, nothing moves.

        Returns:
            New positions.
        """
        move = self.direction(held)
        if not move.any():
            return positions.copy()
        change = (self.score_of(arousal) - self.score(positions)) / (self.weights @ move)
        return positions + change[:, None] * move

    def score_of(self, arousal: Float[np.ndarray, " phrase"]) -> Float[np.ndarray, " phrase"]:
        """Score of an arousal from 0 to 1."""
        return np.interp(arousal, np.linspace(0, 1, len(self.score_at)), self.score_at)


def _log_density(
    positions: Float[np.ndarray, "phrase fader"],
    mean: Float[np.ndarray, "2 fader"],
    covariance: Float[np.ndarray, "fader fader"],
) -> Float[np.ndarray, "phrase 2"]:
    """Log density under each component, up to a constant common to both."""
    deviation = positions[:, None] - mean
    return -0.5 * np.einsum("pcf,fg,pcg->pc", deviation, np.linalg.inv(covariance), deviation)

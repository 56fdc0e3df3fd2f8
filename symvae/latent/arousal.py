"""Arousal: how excited music sounds, as a way through the faders.

Music FaderNets (Tan and Herremans 2020, arXiv 2007.15474) infer a high-level feature from low-level ones:
the faders' coordinates follow a mixture of two Gaussians, low and high arousal, learned from few
labeled phrases and many without (semi-supervised: Kingma et al. 2014, arXiv 1406.5298). Here the
coordinates are those that the attributes have (their calibrated positions), so the mixture is fitted by
expectation maximization in which labeled phrases keep their component, and both components share one
covariance. Then the log odds of "high" are linear in the faders,

    score(x) = w·x + b,   w = Σ⁻¹ (μ_high − μ_low),

and of all moves that reach a score, the one along Σw is the least unusual. With some faders held, the same
is true among the others, given that the held ones stay.

It handles numbers and knows no network.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.errors import CorpusError

#: What labels say: the component, or that there is none.
LOW, HIGH, UNLABELED = 0, 1, -1
_ROUNDS = 50
_RIDGE = 1e-2
MOST_KNOTS = 65


@dataclass(frozen=True, eq=False)
class Arousal:
    """The mixture, and the scale from 0 to 1: the share of phrases that are calmer."""

    mean: Float[np.ndarray, "2 fader"]
    covariance: Float[np.ndarray, "fader fader"]
    score_at: Float[np.ndarray, " knot"]
    """The score of the arousals 0 to 1 in equal steps; it rises."""

    @classmethod
    def fit(
        cls,
        positions: Float[np.ndarray, "phrase fader"],
        label: Int[np.ndarray, " phrase"],
        weight: Float[np.ndarray, " phrase"] | None = None,
    ) -> "Arousal":
        """From phrases labeled `LOW`, `HIGH` or `UNLABELED`; ``weight`` counts some less than once.

        The scale is that of all phrases, by their weights. Raises `CorpusError` without labels of both kinds.
        """
        if not ((label == LOW).any() and (label == HIGH).any()):
            raise CorpusError("Arousal is learned from calm and excited phrases. Give labels of both kinds.")
        weight = np.ones(len(label)) if weight is None else weight
        known = np.stack([label == LOW, label == HIGH], axis=1).astype(float)
        free = label == UNLABELED
        share = known.copy()
        for _ in range(_ROUNDS):
            each = share * weight[:, None]
            size = each.sum(axis=0)
            mean = each.T @ positions / size[:, None]
            covariance = _RIDGE * np.eye(positions.shape[1])
            for component in (LOW, HIGH):
                apart = positions - mean[component]
                covariance += (each[:, component, None] * apart).T @ apart / size.sum()
            if not free.any():
                break
            likely = _log_likely(positions[free], mean, covariance) + np.log(size / size.sum())
            share[free] = np.exp(likely - np.logaddexp.reduce(likely, axis=1, keepdims=True))
        mixture = cls(mean, covariance, np.empty(0))
        score = mixture.score(positions)
        order = np.argsort(score, kind="stable")
        rank = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
        return cls(mean, covariance, np.interp(np.linspace(0, 1, MOST_KNOTS), rank, score[order]))

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Arousal":
        """What `to_dict` gave."""
        return cls(*(np.array(saved[name], float) for name in ("mean", "covariance", "score_at")))

    def to_dict(self) -> dict[str, Any]:
        """As a JSON file holds it."""
        return {name: getattr(self, name).round(6).tolist() for name in ("mean", "covariance", "score_at")}

    @property
    def way(self) -> Float[np.ndarray, " fader"]:
        """w: what each fader adds to the score when it moves by 1."""
        return np.linalg.solve(self.covariance, self.mean[HIGH] - self.mean[LOW])

    def score(self, positions: Float[np.ndarray, "phrase fader"]) -> Float[np.ndarray, " phrase"]:
        """The log odds of high arousal, for components of equal size."""
        return (positions - self.mean.mean(axis=0)) @ self.way

    def of(self, positions: Float[np.ndarray, "phrase fader"]) -> Float[np.ndarray, " phrase"]:
        """Arousal from 0 to 1."""
        return np.interp(self.score(positions), self.score_at, np.linspace(0, 1, len(self.score_at)))

    def toward(
        self,
        positions: Float[np.ndarray, "phrase fader"],
        arousal: Float[np.ndarray, " phrase"],
        held: Bool[np.ndarray, " fader"] | None = None,
    ) -> Float[np.ndarray, "phrase fader"]:
        """Where the faders go so that the arousal is met, with those that are ``held`` where they are.

        With all of them held, nothing can be done.
        """
        if held is not None and held.all():
            return positions.copy()
        free = np.ones(positions.shape[1], bool) if held is None else ~held
        wanted = np.interp(arousal, np.linspace(0, 1, len(self.score_at)), self.score_at)
        precision = np.linalg.inv(self.covariance)[np.ix_(free, free)]
        least = np.linalg.solve(precision, self.way[free])
        change = (wanted - self.score(positions)) / (self.way[free] @ least)
        moved = positions.copy()
        moved[:, free] += change[:, None] * least
        return moved


def _log_likely(
    positions: Float[np.ndarray, "phrase fader"],
    mean: Float[np.ndarray, "2 fader"],
    covariance: Float[np.ndarray, "fader fader"],
) -> Float[np.ndarray, "phrase 2"]:
    """The log density under each component, but for a constant that both share."""
    apart = positions[:, None] - mean
    return -0.5 * np.einsum("pcf,fg,pcg->pc", apart, np.linalg.inv(covariance), apart)

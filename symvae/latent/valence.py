"""Valence: how positive music sounds, as a regression of listeners' ratings on features of a phrase.

A ridge regression from standardized features, fitted to rated pieces. Listeners agree less on valence than on
arousal, and few features tell it; so the regression carries its correlation with the ratings of held-out
groups of pieces, and one below `LEAST_CORRELATION` is refused where it is used.

It handles numbers and knows no network.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from symvae.errors import CorpusError, LatentError

#: Correlation with ratings of held-out groups from which valence is offered.
LEAST_CORRELATION = 0.5
_RIDGE = 5.0
_COLUMNS = ("mean", "std", "weight", "rating_at")
MOST_KNOTS = 33


@dataclass(frozen=True, eq=False)
class Valence:
    """Regression of valence, and a scale from 0 to 1: the share of rated music that sounds less positive."""

    mean: Float[np.ndarray, " feature"]
    std: Float[np.ndarray, " feature"]
    weight: Float[np.ndarray, " feature"]
    """Change of the rating for one standard deviation of a feature."""
    rating_at: Float[np.ndarray, " knot"]
    """Predicted ratings of the valences from 0 to 1 in equal steps, increasing; their mean rating is 0."""
    correlation: float
    """Correlation of predicted and true ratings of held-out groups."""

    @classmethod
    def fit(
        cls,
        features: Float[np.ndarray, "piece feature"],
        rating: Float[np.ndarray, " piece"],
        group: list[str],
    ) -> "Valence":
        """Fit to rated pieces, and to all groups but each one in turn for the correlation.

        Args:
            features: Features of each piece.
            rating: Its mean rating.
            group: Group of each piece, such as a series of games, whose pieces are held out together.

        Returns:
            The regression with its scale.

        Raises:
            CorpusError: All pieces are of one group.
        """
        names = np.array(group)
        if len(np.unique(names)) < 2:
            raise CorpusError("Valence is checked on held-out groups of pieces. Give pieces of two or more.")
        predicted = np.empty(len(rating))
        for name in np.unique(names):
            held = names == name
            mean, std, weight = _ridge(features[~held], rating[~held])
            predicted[held] = (features[held] - mean) / std @ weight + rating[~held].mean()
        correlation = float(np.corrcoef(predicted, rating)[0, 1]) if np.ptp(predicted) else 0.0
        mean, std, weight = _ridge(features, rating)
        ratings = (features - mean) / std @ weight
        return cls(mean, std, weight, np.quantile(ratings, np.linspace(0, 1, MOST_KNOTS)), correlation)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Valence":
        """Restore from `to_dict`; raises KeyError or ValueError for anything else."""
        mean, std, weight, rating_at = (np.array(saved[name], float) for name in _COLUMNS)
        correlation = float(saved["correlation"])
        if not mean.shape == std.shape == weight.shape or mean.ndim != 1 or rating_at.ndim != 1:
            raise ValueError("the regression of the valence has other sizes")
        if len(rating_at) < 2 or not (np.diff(rating_at) >= 0).all() or not (std > 0).all():
            raise ValueError("the scale of the valence does not rise")
        if not np.isfinite([*mean, *weight, *rating_at, correlation]).all():
            raise ValueError("the valence has a value that is no number")
        return cls(mean, std, weight, rating_at, correlation)

    def to_dict(self) -> dict[str, Any]:
        """Convert to JSON types."""
        columns = {name: getattr(self, name).round(6).tolist() for name in _COLUMNS}
        return {**columns, "correlation": round(self.correlation, 4)}

    def check(self) -> None:
        """Refuse a regression that listeners do not bear out.

        Raises:
            LatentError: The correlation on held-out groups is too low.
        """
        if self.correlation < LEAST_CORRELATION:
            raise LatentError(
                f"Valence of this model and listeners correlate at {self.correlation:.2f} only, on music "
                f"that it was not fitted to; {LEAST_CORRELATION:.2f} is needed. Set arousal alone."
            )

    def rating(self, features: Float[np.ndarray, "phrase feature"]) -> Float[np.ndarray, " phrase"]:
        """Predict the rating of each phrase, relative to the mean rating."""
        return (features - self.mean) / self.std @ self.weight

    def of(self, features: Float[np.ndarray, "phrase feature"]) -> float:
        """Valence of music, 0 to 1, from the features of its phrases."""
        rating = float(self.rating(features).mean())
        return float(np.interp(rating, self.rating_at, np.linspace(0, 1, len(self.rating_at))))


def _ridge(
    features: Float[np.ndarray, "piece feature"], rating: Float[np.ndarray, " piece"]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, standard deviation and weight of each feature."""
    mean, std = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = (features - mean) / std
    gram = scaled.T @ scaled + _RIDGE * np.eye(scaled.shape[1])
    return mean, std, np.linalg.solve(gram, scaled.T @ (rating - rating.mean()))

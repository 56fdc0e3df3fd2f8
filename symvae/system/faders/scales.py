"""Scales of a model's faders: fitted to training phrases, stored beside the weights.

`faders.json` has for each attribute, in the order of the coordinates, its ``value`` and ``position`` columns
(`symvae.latent.calibration`), its ``error`` (None before `symvae evaluate --control` measured it), its
``gain``, the ratio of the move to make to the move that is wanted, and ``coupling``, how far each fader
follows when this one moves by 1. ``arousal`` is the mixture of `symvae.latent.arousal`, and ``valence`` the
regression of `symvae.latent.valence`, where there is one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int, Integer
from torch import Tensor

from symvae.attributes.emotion import VALENCE_CUES
from symvae.attributes.table import ATTRIBUTES, measure
from symvae.errors import CorpusError
from symvae.files.limit import shown
from symvae.latent.arousal import Arousal
from symvae.latent.calibration import Calibration, coupling, positions_of
from symvae.latent.valence import Valence
from symvae.music.phrase import Phrase
from symvae.tokens.rows import Rows
from symvae.tokens.tokenizer import Tokenizer

SCALE_PHRASES = 20_000


@dataclass(frozen=True, eq=False)
class Scales:
    """Attributes in the order of their coordinates, each with its calibration."""

    names: tuple[str, ...]
    calibrations: tuple[Calibration, ...]
    coupling: Float[np.ndarray, "attribute attribute"]
    error: tuple[float | None, ...] = ()
    """Mean absolute error of each fader in its unit; empty before it was measured."""
    gain: tuple[float, ...] = ()
    """Ratio of the move to make to the move that is wanted; empty for 1 everywhere."""
    arousal: Arousal | None = None
    """Arousal as a direction through the faders; None where it was not learned."""
    valence: Valence | None = None
    """Valence of music; None where it was not learned."""

    @classmethod
    def fit(
        cls, names: Sequence[str], values: Float[np.ndarray, "phrase attribute"], *, linear: bool = False
    ) -> "Scales":
        """Fit to training phrases.

        Args:
            names: the attributes.
            values: their values, a column each, in the attributes' units.
            linear: standardize instead of mapping to normal quantiles.

        Returns:
            Scales without errors, gains and arousal.
        """
        fit = _standardized if linear else Calibration.fit
        calibrations = tuple(fit(column) for column in values.T)
        return cls(tuple(names), calibrations, coupling(positions_of(calibrations, values)))

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Scales":
        """Restore from `to_dict`; raises KeyError or ValueError for anything else."""
        rows = saved["faders"]
        scales = cls(
            tuple(rows),
            tuple(
                Calibration(np.array(r["value"], float), np.array(r["position"], float))
                for r in rows.values()
            ),
            np.array([row["coupling"] for row in rows.values()], float).reshape(len(rows), len(rows)),
            tuple(row["error"] for row in rows.values()),
            tuple(row.get("gain", 1.0) for row in rows.values()),
            Arousal.from_dict(saved["arousal"]) if saved.get("arousal") else None,
            Valence.from_dict(saved["valence"]) if saved.get("valence") else None,
        )
        if unknown := [name for name in rows if name not in ATTRIBUTES]:
            raise ValueError(f"there is no attribute {shown(unknown[0])}")
        numbers = [*(error for error in scales.error if error is not None), *scales.gain]
        if not (np.isfinite(scales.coupling).all() and np.isfinite(np.array(numbers, float)).all()):
            raise ValueError("a fader has an error, a gain or a coupling that is no number")
        if scales.arousal is not None and scales.arousal.mean.shape != (2, len(rows)):
            raise ValueError("the arousal is one of other faders")
        if scales.valence is not None and len(scales.valence.mean) != len(VALENCE_CUES):
            raise ValueError("the valence is one of other cues")
        return scales

    def to_dict(self) -> dict[str, Any]:
        """Convert to JSON types."""
        errors = self.error or (None,) * len(self.names)
        gains = self.gain or (1.0,) * len(self.names)
        return {
            "arousal": self.arousal and self.arousal.to_dict(),
            "valence": self.valence and self.valence.to_dict(),
            "faders": {
                name: {
                    "value": calibration.value.round(6).tolist(),
                    "position": calibration.position.round(6).tolist(),
                    "error": error,
                    "gain": gain,
                    "coupling": row.round(6).tolist(),
                }
                for name, calibration, error, gain, row in zip(
                    self.names, self.calibrations, errors, gains, self.coupling, strict=True
                )
            },
        }

    def aim(
        self, wanted: Float[Tensor, "phrase attribute"], here: Float[Tensor, "phrase attribute"]
    ) -> Float[Tensor, "phrase attribute"]:
        """Return the positions to aim at so that faders move from ``here`` to ``wanted``."""
        return here + (wanted - here) * torch.tensor(self.gain) if self.gain else wanted

    def positions(self, values: Float[np.ndarray, "phrase attribute"]) -> Float[Tensor, "phrase attribute"]:
        """Map values of the attributes to positions."""
        return torch.from_numpy(positions_of(self.calibrations, values)).float()


def measure_phrases(phrases: Sequence[Phrase], names: Sequence[str]) -> Float[np.ndarray, "phrase attribute"]:
    """Measure attributes of phrases, a column each."""
    values = measure(phrases, names)
    return np.stack(list(values.values()), axis=1) if values else np.empty((len(phrases), 0))


def measure_ids(
    tokenizer: Tokenizer, names: Sequence[str], ids: Integer[np.ndarray, "phrase bar position"]
) -> Float[np.ndarray, "phrase attribute"]:
    """Measure attributes of tokenized phrases.

    Args:
        tokenizer: decodes the ids.
        names: the attributes.
        ids: token ids.

    Returns:
        Values in the attributes' units, a column each.
    """
    return measure_phrases([tokenizer.decode_ids(rows) for rows in ids], names)


def measured_positions(
    scales: Scales, tokenizer: Tokenizer, ids: Int[Tensor, "phrase bar position"]
) -> Float[Tensor, "phrase attribute"]:
    """Measure fader positions of tokenized phrases.

    Args:
        scales: the faders.
        tokenizer: decodes the ids.
        ids: token ids.

    Returns:
        Positions, on the device of the ids.
    """
    return scales.positions(measure_ids(tokenizer, scales.names, ids.cpu().numpy())).to(ids.device)


def fit_scales(
    names: tuple[str, ...],
    tokenizer: Tokenizer,
    ids: Rows,
    transpose: int,
    seed: int,
    *,
    linear: bool = False,
) -> Scales:
    """Fit scales to a sample of training windows, transposed at random as training does.

    Args:
        names: the attributes.
        tokenizer: decodes the ids.
        ids: token ids of training windows.
        transpose: largest transposition, in semitones up or down.
        seed: seed of the sample and of the transpositions.
        linear: standardize instead of mapping to normal quantiles.

    Returns:
        The scales.

    Raises:
        CorpusError: an attribute does not vary; one that ids do not carry is refused before any is measured.
    """
    _refuse_constant(name for name in names if name in ATTRIBUTES and name not in tokenizer.attributes)
    generator = np.random.default_rng(seed)
    rows = generator.permutation(len(ids))[:SCALE_PHRASES]
    shift = generator.integers(-transpose, transpose + 1, len(rows))
    values = measure_ids(tokenizer, names, tokenizer.transpose_ids(ids[rows], shift))
    _refuse_constant(name for name, column in zip(names, values.T, strict=True) if not np.ptp(column))
    return Scales.fit(names, values, linear=linear)


def _refuse_constant(names: Iterable[str]) -> None:
    if names := list(names):
        raise CorpusError(
            f"{', '.join(names)} is the same in all training phrases: there is nothing to learn a fader "
            "from. Leave it out."
        )


def _standardized(values: Float[np.ndarray, " phrase"]) -> Calibration:
    mean, std = values.mean(), values.std()
    ends = np.array([-4.0, 4.0])
    return Calibration(mean + std * ends, ends)

"""The scales of a model's faders: measured on training phrases, kept beside the weights.

In `faders.json`: for each attribute, in the order of the coordinates, its ``value`` and ``position`` columns
(`symvae.latent.calibration`), its ``error`` (None before `symvae evaluate --control` measured it), its
``gain``, how much farther it has to be moved than it shall go, and ``coupling``, how far each fader goes
along when this one moves by 1. ``arousal`` is the mixture of
`symvae.latent.arousal`, where one was learned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int, Integer
from torch import Tensor

from symvae.attributes.table import measure
from symvae.errors import CorpusError
from symvae.latent.arousal import Arousal
from symvae.latent.calibration import Calibration, coupling, positions_of
from symvae.music.phrase import Phrase
from symvae.tokens.tokenizer import Tokenizer

SCALE_PHRASES = 20_000


@dataclass(frozen=True, eq=False)
class Scales:
    """Names of the attributes, in the order of their coordinates, each with its map."""

    names: tuple[str, ...]
    calibrations: tuple[Calibration, ...]
    coupling: Float[np.ndarray, "attribute attribute"]
    error: tuple[float | None, ...] = ()
    """Mean distance of asked from achieved, in the attribute's unit; empty before it was measured."""
    gain: tuple[float, ...] = ()
    """How much farther a fader has to be moved than it shall go; empty for 1 everywhere."""
    arousal: Arousal | None = None
    """The way of excitement through the faders; None where it was not learned."""

    @classmethod
    def fit(
        cls, names: Sequence[str], values: Float[np.ndarray, "phrase attribute"], *, linear: bool = False
    ) -> "Scales":
        """From training phrases; ``linear`` standardizes instead of making normal."""
        fit = _standardized if linear else Calibration.fit
        calibrations = tuple(fit(column) for column in values.T)
        return cls(tuple(names), calibrations, coupling(positions_of(calibrations, values)))

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Scales":
        """What `to_dict` gave; raises KeyError or ValueError for anything else."""
        rows = saved["faders"]
        return cls(
            tuple(rows),
            tuple(
                Calibration(np.array(r["value"], float), np.array(r["position"], float))
                for r in rows.values()
            ),
            np.array([row["coupling"] for row in rows.values()], float).reshape(len(rows), len(rows)),
            tuple(row["error"] for row in rows.values()),
            tuple(row.get("gain", 1.0) for row in rows.values()),
            Arousal.from_dict(saved["arousal"]) if saved.get("arousal") else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """As a JSON file holds them."""
        errors = self.error or (None,) * len(self.names)
        gains = self.gain or (1.0,) * len(self.names)
        return {
            "arousal": self.arousal and self.arousal.to_dict(),
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
        """Where to set faders that are ``here`` so that they come out as ``wanted``."""
        return here + (wanted - here) * torch.tensor(self.gain) if self.gain else wanted

    def positions(self, values: Float[np.ndarray, "phrase attribute"]) -> Float[Tensor, "phrase attribute"]:
        """Where phrases with these values have their faders."""
        return torch.from_numpy(positions_of(self.calibrations, values)).float()


def measure_phrases(phrases: Sequence[Phrase], names: Sequence[str]) -> Float[np.ndarray, "phrase attribute"]:
    """The attributes of phrases, a column each."""
    return np.stack(list(measure(phrases, names).values()), axis=1)


def measure_ids(
    tokenizer: Tokenizer, names: Sequence[str], ids: Integer[np.ndarray, "phrase bar position"]
) -> Float[np.ndarray, "phrase attribute"]:
    """The attributes of the music that ids say."""
    return measure_phrases([tokenizer.decode_ids(rows) for rows in ids], names)


def measured_positions(
    scales: Scales, tokenizer: Tokenizer, ids: Int[Tensor, "phrase bar position"]
) -> Float[Tensor, "phrase attribute"]:
    """Where the music that ids say has its faders, on the device of the ids."""
    return scales.positions(measure_ids(tokenizer, scales.names, ids.cpu().numpy())).to(ids.device)


def fit_scales(
    names: tuple[str, ...],
    tokenizer: Tokenizer,
    ids: np.ndarray,
    transpose: int,
    seed: int,
    *,
    linear: bool = False,
) -> Scales:
    """The scales of attributes over training windows, as training moves them; ``linear`` only standardizes.

    Raises `CorpusError` for an attribute that never varies.
    """
    chance = np.random.default_rng(seed)
    rows = chance.permutation(len(ids))[:SCALE_PHRASES]
    shift = chance.integers(-transpose, transpose + 1, len(rows))
    values = measure_ids(tokenizer, names, tokenizer.transpose_ids(ids[rows], shift))
    if steady := [name for name, column in zip(names, values.T, strict=True) if not np.ptp(column)]:
        raise CorpusError(
            f"{', '.join(steady)} is the same in all training phrases: there is nothing to learn a fader "
            "from. Leave it out."
        )
    return Scales.fit(names, values, linear=linear)


def _standardized(values: Float[np.ndarray, " phrase"]) -> Calibration:
    mean, std = values.mean(), values.std()
    ends = np.array([-4.0, 4.0])
    return Calibration(mean + std * ends, ends)

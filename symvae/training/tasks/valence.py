"""Valence from labeled pieces: a regression on cues that studies of listeners name."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from symvae.attributes.emotion import valence_cues
from symvae.latent.valence import Valence
from symvae.system.artifacts import save_scales
from symvae.system.symvae import SymVAE
from symvae.training.tasks.arousal import Piece


def fit_valence(pieces: Sequence[Piece]) -> Valence:
    """Fit the regression of valence to rated pieces.

    Args:
        pieces: Rated pieces of two series or more; each counts the same, however long.

    Returns:
        The regression, with its correlation on held-out series.

    Raises:
        CorpusError: All pieces are of one series.
    """
    cues = np.stack([valence_cues(piece.phrases).mean(axis=0) for piece in pieces])
    return Valence.fit(
        cues, np.array([piece.valence for piece in pieces]), [piece.series for piece in pieces]
    )


def install_valence(model: SymVAE, valence: Valence) -> None:
    """Write a fitted valence beside the faders in the model's folder."""
    save_scales(model.folder, replace(model.scales, valence=valence))

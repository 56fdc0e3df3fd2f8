"""The latent space of timbres: its effective dimensions, and whether instruments are separated.

Fidelity as in RAVE (Caillon and Esling 2021, arXiv 2111.05011, section 3.4): the fewest principal
components of the posterior means that explain a share of their variance. The decoder has learned to ignore
the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from symvae.evaluation.reports.markdown import section, share

FIDELITIES = (0.8, 0.9, 0.95, 0.99)
#: Least KL divergence of an active coordinate.
ACTIVE_NATS = 0.05


@dataclass(frozen=True)
class TimbreSpace:
    """Figures of the posterior over clips."""

    clips: int
    latent_size: int
    kl_nats: float
    """Mean KL divergence of a clip's posterior."""
    active: int
    """Coordinates with more than `ACTIVE_NATS`."""
    informative: dict[str, int]
    """Principal components by share of the variance."""
    nearest: float
    """Share of the clips whose nearest named timbre is of the right instrument."""


def informative_dimensions(latents: Float[np.ndarray, "clip latent"], fidelity: float) -> int:
    """Fewest principal components that explain a share of the variance; 0 without variance."""
    power = np.square(np.linalg.svd(latents - latents.mean(0), compute_uv=False))
    if power.sum() <= 0:
        return 0
    # A rounding error must not add a component where the share is met exactly.
    return int(np.searchsorted(power.cumsum() / power.sum(), fidelity - 1e-9)) + 1


def nearest(
    latents: Float[np.ndarray, "clip latent"],
    known: Float[np.ndarray, "known latent"],
    instrument: Int[np.ndarray, " known"],
) -> Int[np.ndarray, " clip"]:
    """Instrument of the nearest named timbre.

    Args:
        latents: z of each clip.
        known: z of each named timbre.
        instrument: Instrument of each named timbre.

    Returns:
        The instrument for each clip.
    """
    distance = np.square(latents[:, None] - known).sum(-1)
    return instrument[distance.argmin(1)]


def timbre_space(
    latents: Float[np.ndarray, "clip latent"],
    kl_nats: Float[np.ndarray, "clip latent"],
    instrument: Int[np.ndarray, " clip"],
    known: Sequence[tuple[int, Float[np.ndarray, " latent"]]],
) -> TimbreSpace:
    """Measure the space of timbres.

    Args:
        latents: Posterior mean of each clip.
        kl_nats: KL divergence of each coordinate.
        instrument: Instrument of each clip.
        known: Instrument and z of each named timbre.

    Returns:
        The figures.
    """
    labels, z = zip(*known, strict=True)
    found = nearest(latents, np.stack(z), np.array(labels))
    return TimbreSpace(
        clips=len(latents),
        latent_size=latents.shape[1],
        kl_nats=float(kl_nats.sum(1).mean()),
        active=int((kl_nats.mean(0) > ACTIVE_NATS).sum()),
        informative={f"{fidelity:g}": informative_dimensions(latents, fidelity) for fidelity in FIDELITIES},
        nearest=float((found == instrument).mean()),
    )


def tables(metrics: dict[str, Any]) -> str:
    """Paragraph on a `TimbreSpace` as stored in metrics.json, of which ``metrics`` is the whole."""
    part = metrics["timbre_space"]
    dimensions = ", ".join(
        f"{count} for {100 * float(fidelity):g} %" for fidelity, count in part["informative"].items()
    )
    return section(
        "Latent space of timbres",
        f"z of {part['clips']} held-out clips: KL {part['kl_nats']:.1f} nats, {part['active']} of"
        f" {part['latent_size']} coordinates active. Principal components that explain its variance:"
        f" {dimensions}. The nearest named timbre is of the right instrument for {share(part['nearest'])} of"
        " the clips.",
    )

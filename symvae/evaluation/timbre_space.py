"""What z holds of timbres: how many dimensions it needs, and whether instruments lie apart in it.

RAVE's fidelity (Caillon and Esling 2021, arXiv 2111.05011, section 3.4): the principal components of the
posterior means, and the fewest of them that carry a share of their variance. The rest of z is noise that
the decoder has learned to ignore.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int

FIDELITIES = (0.8, 0.9, 0.95, 0.99)
#: A coordinate that says less than this is the prior's own noise.
ACTIVE_NATS = 0.05


def informative_dimensions(latents: Float[np.ndarray, "clip latent"], fidelity: float) -> int:
    """The fewest principal components with a share ``fidelity`` of the variance; 0 where nothing varies."""
    power = np.square(np.linalg.svd(latents - latents.mean(0), compute_uv=False))
    if power.sum() <= 0:
        return 0
    # Rounding must not ask for one component more where the share is met exactly.
    return int(np.searchsorted(power.cumsum() / power.sum(), fidelity - 1e-9)) + 1


def nearest(
    latents: Float[np.ndarray, "clip latent"],
    known: Float[np.ndarray, "known latent"],
    instrument: Int[np.ndarray, " known"],
) -> Int[np.ndarray, " clip"]:
    """The instrument of the known timbre that lies nearest to each clip's."""
    distance = np.square(latents[:, None] - known).sum(-1)
    return instrument[distance.argmin(1)]


def timbre_space(
    latents: Float[np.ndarray, "clip latent"],
    kl_nats: Float[np.ndarray, "clip latent"],
    instrument: Int[np.ndarray, " clip"],
    known: Sequence[tuple[int, Float[np.ndarray, " latent"]]],
) -> dict[str, Any]:
    """Figures of z over clips; ``known`` holds the timbres by name, each with its instrument's number."""
    labels, places = zip(*known, strict=True)
    found = nearest(latents, np.stack(places), np.array(labels))
    return {
        "clips": len(latents),
        "latent_size": latents.shape[1],
        "kl_nats": float(kl_nats.sum(1).mean()),
        "active": int((kl_nats.mean(0) > ACTIVE_NATS).sum()),
        "informative": {f"{share:g}": informative_dimensions(latents, share) for share in FIDELITIES},
        "nearest": float((found == instrument).mean()),
    }

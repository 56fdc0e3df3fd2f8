"""Latents in a file: a plain .npz that any program with numpy can read.

    mean, log_std  (window, latent) float32   posterior; `symvae decode` reads ``z`` if present, else ``mean``
    tempo_qpm      (window,) float32          tempo of models whose tokens hold none, such as melodies
    source, bar    (window,)                  file and first bar of each window, bars from 1
    model          ()                         name of the model

To edit latents: load, change ``mean`` (or add ``z``), save, `symvae decode`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from torch import Tensor

from symvae.errors import LatentError
from symvae.files.arrays import read_arrays
from symvae.files.limit import shown
from symvae.music.phrase import DEFAULT_TEMPO_QPM
from symvae.nn.gaussian import DiagonalGaussian
from symvae.pipelines.limits import LATENTS
from symvae.storage.whole_file import make_folder, whole_file

#: Largest magnitude of a coordinate, far outside of any prior.
LARGEST = 1e6
#: Tempos that a MIDI file can hold, in quarter notes a minute.
SLOWEST, FASTEST = 3.6, 1_000_000


class Latents(NamedTuple):
    """Latents of a file."""

    z: Float[np.ndarray, "window latent"]
    tempo_qpm: list[float]
    """One for each window."""
    model: str
    """Name of the model that encoded them; empty where the file names none."""


def write_latents(
    path: Path,
    model: str,
    posterior: DiagonalGaussian,
    tempo_qpm: Sequence[float],
    places: Sequence[tuple[str, int]],
) -> None:
    """Write posteriors with the places of their windows.

    Args:
        path: The .npz file.
        model: Name of the model.
        posterior: Posterior of each window, (window, latent).
        tempo_qpm: Tempo of each window in quarter notes a minute.
        places: File and first bar of each window, bars from 1.
    """
    make_folder(path.parent, LatentError)
    with whole_file(path, LatentError) as part, part.open("wb") as file:
        np.savez(
            file,
            mean=_array(posterior.mean),
            log_std=_array(posterior.log_std),
            tempo_qpm=np.array(tempo_qpm, np.float32),
            source=np.array([name for name, _ in places]),
            bar=np.array([bar for _, bar in places], np.int64),
            model=np.array(model),
        )


def read_latents(path: Path) -> Latents:
    """Read a file that `write_latents` wrote, or any .npz with ``z`` or ``mean``.

    Args:
        path: The .npz file.

    Returns:
        The latents.

    Raises:
        LatentError: The file is missing or damaged, or its arrays are not latents and tempos.
    """
    remedy = "Write one with `symvae encode`."
    arrays = read_arrays(path, ("z", "mean", "tempo_qpm", "model"), LatentError, remedy)
    z = arrays.get("z", arrays.get("mean"))
    if z is None or z.ndim != 2 or not z.size or z.dtype.kind not in "fi":
        raise LatentError(
            f"{path} has no latents: it needs numbers named z or mean, shaped (window, latent)."
        )
    LATENTS.check(len(z), path)
    if not (np.abs(z) <= LARGEST).all():
        raise LatentError(
            f"{path} has latents that are not finite or beyond ±{LARGEST:,.0f}. "
            "Correct them, or encode again."
        )
    tempos = np.atleast_1d(arrays.get("tempo_qpm", np.full(len(z), DEFAULT_TEMPO_QPM)))
    if (
        tempos.dtype.kind not in "fi"
        or tempos.ndim != 1
        or not ((tempos >= SLOWEST) & (tempos <= FASTEST)).all()
    ):
        raise LatentError(
            f"{path} has invalid tempos: tempo_qpm needs positive numbers of quarter notes a minute, from "
            f"{SLOWEST:g} to {FASTEST:,}."
        )
    name = str(arrays.get("model", ""))
    if len(name) > 200 or not name.isprintable():
        raise LatentError(f"{path} names the model {shown(name)}. Give it a short name, or none.")
    if len(tempos) != len(z):
        raise LatentError(f"{path} has {len(z)} latents and {len(tempos)} tempos. Give one tempo each.")
    return Latents(z.astype(np.float32), [float(tempo) for tempo in tempos], name)


def _array(values: Tensor) -> np.ndarray:
    return values.numpy().astype(np.float32)

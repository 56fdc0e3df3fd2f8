"""Latents in a file: a plain .npz that any program with numpy can read.

    mean, log_std  (window, latent) float32   the posterior; decode reads ``z`` if present, else ``mean``
    tempo_qpm      (window,) float32          decode takes it where z says no tempo, as in melodies
    source, bar    (window,)                  where each window came from, bars from 1
    model          ()                         the model's name

To edit latents by hand: load, change ``mean`` (or add ``z``), save, `symvae decode`.
"""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symvae.errors import LatentError
from symvae.music.phrase import DEFAULT_TEMPO_QPM

if TYPE_CHECKING:
    from torch import Tensor

    from symvae.nn.gaussian import DiagonalGaussian

#: What numpy raises for a file that is empty, cut off, damaged, pickled, of another kind or one array only.
UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


class Latents(NamedTuple):
    """What `symvae decode` needs."""

    z: np.ndarray
    tempo_qpm: list[float]
    model: str


def write_latents(
    path: Path,
    model: str,
    posterior: "DiagonalGaussian",
    tempo_qpm: Sequence[float],
    places: Sequence[tuple[str, int]],
) -> None:
    """Write posteriors with where they came from."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
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
    """Read what `write_latents` wrote, or any .npz with ``z`` or ``mean``. Raises `LatentError`."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise LatentError(f"There is no file {path}. Write one with `symvae encode`.") from error
    except UNREADABLE as error:
        raise LatentError(f"{path} is no .npz of arrays. Write one with `symvae encode`.") from error
    z = arrays.get("z", arrays.get("mean"))
    if z is None or z.ndim != 2 or not len(z) or z.dtype.kind not in "fi":
        raise LatentError(
            f"{path} has no latents: it needs numbers named z or mean, shaped (window, latent)."
        )
    tempos = np.atleast_1d(arrays.get("tempo_qpm", np.full(len(z), DEFAULT_TEMPO_QPM)))
    if tempos.dtype.kind not in "fi" or tempos.ndim != 1 or not (np.isfinite(tempos) & (tempos > 0)).all():
        raise LatentError(
            f"{path} has tempos that are none: tempo_qpm needs positive numbers of quarter notes a minute."
        )
    if len(tempos) != len(z):
        raise LatentError(f"{path} has {len(z)} latents and {len(tempos)} tempos. Give one tempo each.")
    return Latents(z.astype(np.float32), [float(tempo) for tempo in tempos], str(arrays.get("model", "")))


def _array(values: "Tensor") -> np.ndarray:
    return values.numpy().astype(np.float32)

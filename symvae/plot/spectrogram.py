"""Log-mel spectrograms of sound."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float

from symvae.dsp.mel import hz_to_mel, mel_filters
from symvae.dsp.stft import Stft
from symvae.errors import AudioError, refuse_to_overwrite
from symvae.storage.whole_file import whole_file

_MELS = 128
_COLUMNS = 1600
_RANGE_DB = 80.0
_MARKED_HZ = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)


def spectrogram_picture(
    blocks: "Iterable[Float[np.ndarray, '...']]",
    sample_rate: int,
    path: "str | os.PathLike[str]",
    *,
    title: str = "",
    force: bool = False,
) -> Path:
    """Draw the spectrogram of a sound that comes in blocks, as a PNG file.

    Args:
        blocks: Consecutive blocks of samples, each shaped (channel, sample).
        sample_rate: Hz.
        path: File to write.
        title: Title of the picture.
        force: Replace an existing file.

    Returns:
        The path.

    Raises:
        AudioError: For an existing file without ``force``, and for no samples.
    """
    path = Path(path)
    refuse_to_overwrite(path, AudioError, force=force)
    stft = Stft(2048, 512)
    filters = mel_filters(sample_rate, stft.bins, _MELS)
    pieces, seconds = [np.zeros((0, _MELS), np.float32)], 0.0
    for block in blocks:
        mono = torch.from_numpy(np.ascontiguousarray(block.mean(0), np.float32))
        seconds += len(mono) / sample_rate
        pieces.append((stft(mono[None])[0].abs() @ filters).numpy())
    rows = np.concatenate(pieces)
    if not len(rows):
        raise AudioError("There is no sound to draw. Render music that has notes.")
    group = -(-len(rows) // _COLUMNS)  # frames of a column, of which the largest values are drawn
    rows = np.pad(rows, ((0, -len(rows) % group), (0, 0))).reshape(-1, group, _MELS).max(1)
    level_db = 20 * np.log10(np.maximum(rows, 1e-6))

    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3.6), layout="constrained")
    axes = figure.subplots()
    loudest = float(level_db.max())
    image = axes.imshow(
        level_db.T,
        origin="lower",
        aspect="auto",
        cmap="magma",
        vmin=loudest - _RANGE_DB,
        vmax=loudest,
        extent=(0, seconds, 0, _MELS),
        interpolation="nearest",
    )
    top = torch.tensor(sample_rate / 2)
    marks = [hz for hz in _MARKED_HZ if hz < sample_rate / 2]
    places = [float(hz_to_mel(torch.tensor(float(hz))) / hz_to_mel(top) * _MELS) for hz in marks]
    axes.set_yticks(places, [f"{hz:,}" for hz in marks])
    axes.set_xlabel("seconds")
    axes.set_ylabel("Hz")
    if title:
        axes.set_title(title)
    figure.colorbar(image, ax=axes, label="dB")
    with whole_file(path, AudioError) as part:
        figure.savefig(part, dpi=120)
    return path

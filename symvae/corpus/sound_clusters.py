"""Clusters of one-shots that must not be split: strokes of one drum, and copies of one sound.

Two sounds are near-duplicates if their spectrograms, 32 bands of equal width on a logarithmic scale in
frames of 12 ms, differ by less than a decibel on average. A cluster holds all that groups and near-duplicates
connect.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from symvae.audio.one_shot import SAMPLE_RATE

#: Mean difference in dB below which two sounds are copies.
COPY_DB = 1.0
_SIZE, _HOP, _BANDS, _FRAMES = 1024, 512, 32, 40
_FLOOR_DB = -60.0
_LOWEST_HZ = 50.0


def fingerprint(wave: Float[np.ndarray, " sample"]) -> Float[np.ndarray, " value"]:
    """Coarse spectrogram of a one-shot in dB below its loudest band."""
    frames = np.lib.stride_tricks.sliding_window_view(wave, _SIZE)[::_HOP][:_FRAMES]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(_SIZE), axis=1)))
    edges = np.geomspace(_LOWEST_HZ, SAMPLE_RATE / 2, _BANDS + 1) * _SIZE / SAMPLE_RATE
    total = np.pad(np.cumsum(power, 1), ((0, 0), (1, 0)))
    position = np.arange(total.shape[1])
    bands = np.stack([np.diff(np.interp(edges, position, row)) for row in total])
    level = 10 * np.log10(np.maximum(bands / max(float(bands.max()), 1e-12), 10 ** (_FLOOR_DB / 10)))
    return level.astype(np.float32).ravel()


def sound_clusters(
    groups: Sequence[str], prints: Float[np.ndarray, "sound value"]
) -> Int[np.ndarray, " sound"]:
    """Cluster sounds by their groups and by likeness.

    Args:
        groups: Name of each sound's group; sounds of one group belong together.
        prints: `fingerprint` of each sound.

    Returns:
        The cluster of each sound, numbered from 0 in order of appearance.
    """
    root = list(range(len(groups)))

    def find(row: int) -> int:
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    def link(one: int, other: int) -> None:
        one, other = sorted((find(one), find(other)))
        root[other] = one

    first: dict[str, int] = {}
    for row, group in enumerate(groups):
        link(first.setdefault(group, row), row)
    for row in range(1, len(groups)):
        distance = np.abs(prints[:row] - prints[row]).mean(1)
        for copy in np.flatnonzero(distance < COPY_DB).tolist():
            link(copy, row)
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(find(row), len(numbers)) for row in range(len(groups))])

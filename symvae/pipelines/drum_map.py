"""Draws of a drum machine on a map, where sounds that are alike lie side by side.

The places are the first two principal axes of decoded latents: magnitudes of the spectrogram, averaged over
regions of time and frequency. Of latents alone there is no map of several classes, since z does not hold the
class. A point is what `symvae hit DRUM --seed SEED` draws, so each sound can be had again by its name.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch.nn.functional import adaptive_avg_pool2d

from symvae.errors import ConfigError
from symvae.latent.principal_axes import PrincipalAxes
from symvae.system.draws import seeded
from symvae.system.drum_machine import DrumMachine

#: Most sounds of a map.
MOST_POINTS = 1_000
#: Regions of time and of frequency.
REGIONS = (27, 10)


class MapPoint(NamedTuple):
    """A sound of the map."""

    drum: str
    seed: int
    x: float
    """Standard deviations from the middle, as ``y``."""
    y: float


@torch.inference_mode()
def drum_map(machine: DrumMachine, drums: Sequence[str], each: int, first_seed: int = 0) -> list[MapPoint]:
    """Draw a map.

    Args:
        machine: The drum machine.
        drums: Names of the classes that are drawn.
        each: Number of draws of each.
        first_seed: Seed of the first draw of each class; the others have the next ones.

    Returns:
        The sounds, class by class.

    Raises:
        ConfigError: There is no such class, or the map would be empty or have too many sounds.
        LatentError: The seed is out of range.
    """
    if unknown := [drum for drum in drums if drum not in machine.drums]:
        raise ConfigError(f"There is no drum {unknown[0]!r:.40}. Choose among {', '.join(machine.drums)}.")
    if not 2 <= len(drums) * each <= MOST_POINTS:
        raise ConfigError(f"A map has from 2 to {MOST_POINTS} sounds, not {len(drums) * each}.")
    named: list[tuple[str, int]] = []
    heard = []
    for drum in drums:
        classes = torch.eye(len(machine.drums))[[machine.drums.index(drum)]]
        seeds = range(first_seed, first_seed + each)
        named += [(drum, seed) for seed in seeds]
        z = torch.cat([machine.latents(classes, seeded(seed)) for seed in seeds])
        levels = machine.network.decode(z, classes.expand(each, -1))
        heard.append(adaptive_avg_pool2d(levels[:, None], REGIONS).flatten(1))
    regions = torch.cat(heard)
    places = PrincipalAxes.of(regions).project(regions[..., None])[:, :2, 0].tolist()
    return [MapPoint(drum, seed, x, y) for (drum, seed), (x, y) in zip(named, places, strict=True)]

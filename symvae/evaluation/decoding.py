"""Figures by which the decoders of one-shot sounds compare: distances, rate and latency.

mss              multi-scale spectral distance of reconstructions from the posterior's mean
lsd_db           log-spectral distance
first_5_ms_db    the same of the first 5 ms of the sound alone, in windows of 128 samples
khz_a_core       samples a millisecond of processor time, many sounds at once, at the decoder's own rate
latency_ms       processor time of a single sound from z to its last sample
hit_ms, kit_ms   processor time of a drawn hit and of a kit of every class, medians; of fast decoders
griffin_lim      of decoders of magnitudes: log-spectral distance and time with 32 iterations of Griffin
                 and Lim from random phases on their own magnitudes, and the time of their own phases
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.one_shot import ONSET, SAMPLE_RATE
from symvae.dsp.stft import griffin_lim
from symvae.models.oneshot.drum_network import FLOOR
from symvae.models.oneshot.wavenet_head import WaveNetHead
from symvae.objective.spectral import log_spectral_distance_db, multi_scale_distance
from symvae.system.drum_machine import AnyDrumMachine
from symvae.training.sound_batches import SoundBatch

#: Sounds that are decoded at once, rounds of which the median time counts, and sounds of slow decoders.
AT_ONCE, _ROUNDS, SLOW_SOUNDS = 16, 3, 16
REFERENCE_ITERATIONS = 32
#: Hits and kits of which the median time counts.
_HITS, _KITS = 120, 8
_ATTACK_SEC, _ATTACK_WINDOW = 0.005, 128


@torch.inference_mode()
def decoding_figures(machine: AnyDrumMachine, sounds: SoundBatch) -> dict[str, Any]:
    """Measure the decoder of a drum machine.

    Args:
        machine: The drum machine.
        sounds: Held-out sounds; of a decoder that writes one sample after the other, the first are taken.

    Returns:
        The figures.
    """
    network = machine.network
    head = getattr(network, "head", None)
    slow = isinstance(head, WaveNetHead)
    rate = head.sample_rate if isinstance(head, WaveNetHead) else SAMPLE_RATE
    rows = slice(SLOW_SOUNDS) if slow else slice(None)
    real, drum = sounds.wave[rows], sounds.drum[rows]
    z = network.encode(network.levels(real), drum).mean
    made, seconds = [], 0.0
    for some, each in zip(z.split(AT_ONCE), drum.split(AT_ONCE), strict=True):
        began = time.process_time()
        made.append(network.sound(some, each, _chance()))
        seconds += time.process_time() - began
    wave = torch.cat(made)
    rounds = 1 if slow else _ROUNDS
    figures: dict[str, Any] = {
        "sounds": len(real),
        "mss": float(multi_scale_distance(wave, real, floor=FLOOR).total.mean()),
        "lsd_db": float(log_spectral_distance_db(wave, real, floor=FLOOR).mean()),
        "first_5_ms_db": float(attack_distance_db(wave, real).mean()),
        "khz_a_core": len(real) * network.samples * rate / SAMPLE_RATE / seconds / 1000,
        "latency_ms": _median_ms(lambda _: network.sound(z[:1], drum[:1], _chance()), rounds),
    }
    if not slow:
        figures |= _drawing_times(machine)
    if head is None:
        figures["griffin_lim"] = _with_iterations(machine, z, real, drum)
    return figures


def attack_distance_db(
    generated: Float[Tensor, "batch sample"], real: Float[Tensor, "batch sample"]
) -> Float[Tensor, " batch"]:
    """Log-spectral distance of the first 5 ms from the onset.

    Args:
        generated: Generated sounds.
        real: Reference sounds.

    Returns:
        The distance of each sound in dB.
    """
    part = slice(ONSET // 2, ONSET + round(_ATTACK_SEC * SAMPLE_RATE))
    return log_spectral_distance_db(generated[:, part], real[:, part], floor=FLOOR, size=_ATTACK_WINDOW)


def _drawing_times(machine: AnyDrumMachine) -> dict[str, float]:
    """Times of `hit`, the classes in turn, and of `kit`."""
    drums = machine.drums
    machine.kit(seed=_HITS)
    return {
        "hit_ms": _median_ms(lambda number: machine.hit(drums[number % len(drums)], seed=number), _HITS),
        "kit_ms": _median_ms(lambda number: machine.kit(seed=number), _KITS),
    }


def _with_iterations(
    machine: AnyDrumMachine,
    z: Float[Tensor, "batch ..."],
    real: Float[Tensor, "batch sample"],
    drum: Float[Tensor, "batch class"],
) -> dict[str, float]:
    """Distance of the magnitudes with 32 iterations, and times of these and of the machine's own phases."""
    network, distances, own_sec, reference_sec = machine.network, [], 0.0, 0.0
    for some, each, wave in zip(z.split(AT_ONCE), drum.split(AT_ONCE), real.split(AT_ONCE), strict=True):
        magnitude = network.magnitudes(network.decode(some, each))
        began = time.process_time()
        network.with_phases(magnitude, _chance())
        between = time.process_time()
        long = griffin_lim(
            magnitude,
            network.stft,
            network.samples,
            iterations=REFERENCE_ITERATIONS,
            generator=_chance(),
        )
        reference_sec += time.process_time() - between
        own_sec += between - began
        distances.append(log_spectral_distance_db(network.finished(long), wave, floor=FLOOR))
    return {
        "lsd_db": float(torch.cat(distances).mean()),
        "ms": 1000 * reference_sec / len(real),
        "own_ms": 1000 * own_sec / len(real),
    }


def _median_ms(work: Callable[[int], object], rounds: int) -> float:
    times = []
    for number in range(rounds):
        began = time.process_time()
        work(number)
        times.append(1000 * (time.process_time() - began))
    return statistics.median(times)


def _chance() -> torch.Generator:
    return torch.Generator().manual_seed(0)

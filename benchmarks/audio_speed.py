"""Speed of the audio models' presets beside the paper's sizes, and a long stream in blocks.

    python benchmarks/audio_speed.py [--seconds 30] [--rounds 5]
    python benchmarks/audio_speed.py --stream rave-48k-live --minutes 10

Weights are random: they change no speed. Rates are seconds of sound a second of the processor on one core,
each preset in turn, round by round; of the rounds the median is shown, and its ratio to `rave-48k-paper`,
which has the sizes of RAVE v1 (arXiv 2111.05011).

The stream processes blocks of one frame, as fast as it can. A block is late where its processor time is
longer than its sound. The script fails if one in ten thousand is late or if memory grows.
"""

import argparse
import resource
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import torch

from symvae.config.load import load_preset, presets
from symvae.config.rave import RaveConfig
from symvae.latent.principal_axes import PrincipalAxes
from symvae.models.rave.rave import Rave
from symvae.system.audio_model import AudioModel
from symvae.system.build_rave import build_rave

PAPER = "rave-48k-paper"
MOST_LATE, MOST_MIB = 1e-4, 8.0


def network_of(preset: str) -> Rave:
    """The network of a preset with random weights."""
    torch.manual_seed(0)
    return build_rave(load_preset(preset, RaveConfig).model).eval().requires_grad_(False)


@torch.inference_mode()
def rates(seconds: float, rounds: int) -> None:
    """Print a row a preset: encoding and decoding, times real time, and ratios to the paper's sizes."""
    networks = {name: network_of(name) for name in presets(RaveConfig)}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in networks}
    for _ in range(rounds):
        for name, network in networks.items():
            rate = load_preset(name, RaveConfig).model.sample_rate
            wave = 0.1 * torch.randn(1, round(seconds * rate) // network.ratio * network.ratio)
            began = time.process_time()
            z = network.encode(wave)
            between = time.process_time()
            network.decode(z)
            length = wave.shape[1] / rate
            found[name].append((length / (between - began), length / (time.process_time() - between)))
    middle = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in found.items()
    }
    print(f"{'preset':18s}{'encode':>10s}{'decode':>10s}{'ratio':>8s}{'ratio':>8s}")
    for name, (encode, decode) in middle.items():
        ratios = encode / middle[PAPER][0], decode / middle[PAPER][1]
        print(f"{name:18s}{encode:10.1f}{decode:10.1f}{ratios[0]:8.2f}{ratios[1]:8.2f}")


def stream(preset: str, minutes: float) -> bool:
    """Process a long stream; True if no more blocks are late and no more memory is taken than allowed."""
    config, network = load_preset(preset, RaveConfig), network_of(preset)
    size = config.model.latent_size
    axes = PrincipalAxes(torch.zeros(size), torch.eye(size), torch.ones(size))
    live = AudioModel(Path(), config, network, axes).stream()
    blocks = round(60 * minutes * config.model.sample_rate / live.block)
    sound = 0.1 * np.random.default_rng(0).standard_normal((64, 1, live.block)).astype(np.float32)
    block_ms, times, memory = 1000 * live.block / config.model.sample_rate, [], 0
    for number in range(blocks):
        began = time.process_time()
        live.process(sound[number % len(sound)])
        times.append(1000 * (time.process_time() - began))
        if number == blocks // 10:
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    late = float(np.mean(np.array(times) > block_ms))
    growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    latency = 1000 * live.latency / config.model.sample_rate
    print(f"{preset}: {blocks} blocks of {live.block} samples ({block_ms:.2f} ms), latency {latency:.2f} ms")
    print(f"time of a block: median {np.median(times):.2f} ms, 99 % {np.quantile(times, 0.99):.2f} ms")
    print(f"late: {late:.5%}; memory grew by {growth:.1f} MiB")
    return late <= MOST_LATE and growth <= MOST_MIB


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stream", metavar="PRESET")
    parser.add_argument("--minutes", type=float, default=10.0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.stream:
        sys.exit(not stream(given.stream, given.minutes))
    rates(given.seconds, given.rounds)

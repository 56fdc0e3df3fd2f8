"""Speed of synthesis in thousand samples per second of one core, from notes to samples.

    python benchmarks/audio/rates.py [--synth NAME_OR_FOLDER] [--font FILE.sf2] [--seconds 4] [--rounds 15]

Batch of one, one thread, four voices; all methods take turns in one process, so that a busy machine slows
them equally. Processor time is measured, not wall-clock time, so other work affects only the caches. Methods:

    synth, fp32    notes → rolls → network → sources → inverse STFT, as `render` plays a part
    synth, bf16    the same with the network's matrices in bfloat16
    Griffin-Lim    32 iterations from given magnitudes: the extra cost of a decoder without phases
    RAVE v1        its decoder at the published sizes, from given latents (rave_v1.py), 44.1 kHz
    sine           the additive synthesizer of `symvae.audio.sine`
    tinysoundfont  samples of a sound font, with --font

Without --synth the network of the preset has fresh weights: time does not depend on them.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from rave_v1 import LATENT, SAMPLES_A_LATENT, RaveV1Decoder
from rave_v1 import SAMPLE_RATE as RAVE_RATE

from symvae.audio.notes import Notes
from symvae.audio.sine import tones
from symvae.audio.soundfont import TinySoundFont
from symvae.config.load import load_preset
from symvae.config.sound import SynthConfig
from symvae.dsp.stft import griffin_lim
from symvae.models.sound.blend import Blend
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.system.build_synth import build_synth
from symvae.system.catalog import find_synth
from symvae.system.neural_player import NeuralPlayer
from symvae.system.synth_artifacts import load_synth

#: Thousand samples a second that RAVE's authors measured (arXiv 2111.05011, table 3), CPU and GPU.
RAVE_PUBLISHED = {
    "RAVE": (985, 11_700),
    "RAVE without multiband": (38, 3_700),
    "SING, as they measured it": (304, 9_800),
}


def four_voices(seconds: float) -> Notes:
    """Texture of a chorale: four voices, two notes per second, each held until the next."""
    onset = np.repeat(np.arange(0, seconds, 0.5), 4)
    pitch = np.tile([48, 55, 64, 72], len(onset) // 4) + np.repeat(np.arange(len(onset) // 4) % 5, 4)
    return Notes(onset, np.full(len(onset), 0.5), pitch, np.full(len(onset), 80))


def kilohertz(ways: dict[str, tuple[Callable[[], object], int]], rounds: int) -> dict[str, list[float]]:
    """Run each method twice in a row, round by round; the first of two runs is a warm-up."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (way, samples) in ways.items():
            way()
            since = time.process_time()
            way()
            rates[name].append(samples / (time.process_time() - since) / 1000)
    return rates


def methods(
    network: SpectrogramVAE, notes: Notes, frames: int, font: Path | None
) -> dict[str, tuple[Callable[[], object], int]]:
    """Each method by name: a function, and the number of samples that it synthesizes."""
    stft, rate = network.stft, network.sample_rate
    samples = (frames - 1) * stft.hop
    z = torch.zeros(network.encoder.mean.out_features)
    neural = NeuralPlayer(network, Blend.of(z))

    def whole() -> object:
        return list(neural.blocks(notes, samples))

    def in_bf16() -> object:
        with torch.autocast("cpu", torch.bfloat16):
            return whole()

    magnitude = stft(torch.randn(1, samples)).abs()
    rave, steps = RaveV1Decoder().eval(), round(samples / rate * RAVE_RATE / SAMPLES_A_LATENT)
    latents = torch.randn(1, LATENT, steps)
    ways: dict[str, tuple[Callable[[], object], int]] = {
        "synth, fp32": (whole, samples),
        "synth, bf16": (in_bf16, samples),
        "Griffin-Lim, 32 iterations": (lambda: griffin_lim(magnitude, stft, samples), samples),
        "RAVE v1 decoder": (lambda: rave(latents), steps * SAMPLES_A_LATENT),
        "sine": (lambda: tones(notes, 0, samples, rate), samples),
    }
    if font is not None:
        player = TinySoundFont(font, rate)
        ways["tinysoundfont"] = (lambda: player.play(notes, 0, samples), samples)
    return ways


@torch.inference_mode()
def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--synth", help="a synthesizer's name or folder; without it, fresh weights")
    options.add_argument("--font", type=Path, help="a sound font for the sample player")
    options.add_argument("--seconds", type=float, default=4.0)
    options.add_argument("--rounds", type=int, default=15)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)

    config = load_preset("synth-24k", SynthConfig)
    network = build_synth(config.model).eval()
    if chosen.synth:
        config, network, _ = load_synth(find_synth(chosen.synth))
    frames = network.stft.frames(round(chosen.seconds * network.sample_rate))
    rates = kilohertz(methods(network, four_voices(chosen.seconds), frames, chosen.font), chosen.rounds)
    print(
        f"{config.name}{'' if chosen.synth else ' (fresh weights)'}, {chosen.seconds:g} s, four voices,"
        f" batch 1, one thread, torch {torch.__version__}, {chosen.rounds} rounds, kHz of processor time\n"
    )
    median = {name: statistics.median(values) for name, values in rates.items()}
    print("| | kHz | 5 % | 95 % | against RAVE v1 |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, values in rates.items():
        low, high = np.percentile(values, (5, 95))
        ratio = median[name] / median["RAVE v1 decoder"]
        print(f"| {name} | {median[name]:,.0f} | {low:,.0f} | {high:,.0f} | {ratio:.2f} |")
    for name, (cpu, gpu) in RAVE_PUBLISHED.items():
        print(f"| {name}, published: CPU {cpu:,}, GPU {gpu:,} | – | – | – | – |")


if __name__ == "__main__":
    main()

"""Train the listener that `symvae evaluate --audio` judges sound with, from sound fonts.

    python benchmarks/audio/train_probe.py --data SHARDS [--data …] --font A.sf2 --font B.sf2 --out FOLDER \
        [--synth NAME]

FOLDER/probe.safetensors belongs beside the weights of the synthesizer whose instruments it knows: synth-24k,
or the one given by name or folder. One
core needs about ten minutes.
"""

import argparse
import time
from pathlib import Path

import torch

from symvae.audio.font_player import font_player
from symvae.config.sound import PROGRAMS
from symvae.corpus.clips import ClipDraws, phrases_of
from symvae.system.build_synth import build_stft
from symvae.system.catalog import find_synth
from symvae.system.synth import DEFAULT_SYNTH
from symvae.system.synth_artifacts import load_synth, save_probe
from symvae.training.probe import train_probe


def main() -> None:
    """Train, measure, write."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", type=Path, action="append", required=True)
    options.add_argument("--font", type=Path, action="append", required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--synth", default=DEFAULT_SYNTH, help="whose instruments it learns")
    options.add_argument("--steps", type=int, default=1000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--bf16", action="store_true", help="train in half precision where the CPU can")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    synth, _, _ = load_synth(find_synth(chosen.synth))
    config, rate = synth.clips, synth.model.sample_rate
    players = [font_player(font, rate) for font in chosen.font]

    def draws(split: str, made_up: float, seed: int) -> ClipDraws:
        return ClipDraws(
            phrases_of(chosen.data, split),
            players,
            [PROGRAMS[name] for name in config.timbres],
            frames=config.frames,
            stft=build_stft(synth.model),
            sample_rate=rate,
            made_up=made_up,
            seed=seed,
        )

    since = time.monotonic()

    def watch(step: int, figures: dict[str, float]) -> None:
        told = " ".join(f"{name} {value:.4g}" for name, value in figures.items())
        print(f"step {step}, {time.monotonic() - since:.0f} s: {told}", flush=True)

    probe, figures = train_probe(
        draws("train", config.made_up, chosen.seed),
        draws("validation", 0.0, chosen.seed),
        steps=chosen.steps,
        seed=chosen.seed,
        bf16=chosen.bf16,
        watch=watch,
    )
    watch(chosen.steps, figures)
    chosen.out.mkdir(parents=True, exist_ok=True)
    save_probe(chosen.out, probe)
    print(chosen.out / "probe.safetensors")


if __name__ == "__main__":
    main()

"""Train the probe of `symvae evaluate --audio`, which transcribes sound, from sound fonts.

    python benchmarks/audio/train_probe.py --data SHARDS [--data …] --font A.sf2 --font B.sf2 --out FOLDER \
        [--synth NAME]

FOLDER/probe.safetensors belongs beside the weights of the synthesizer whose instruments it was trained on:
synth-24k, or the one given by name or folder. It takes about ten minutes on one core.
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
from symvae.training.loop import Progress
from symvae.training.tasks.probe import ProbeChoice, train_probe

#: Steps between lines of progress.
WATCH_EVERY = 50


def main() -> None:
    """Train a probe, validate it and write it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", type=Path, action="append", required=True)
    options.add_argument("--font", type=Path, action="append", required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument(
        "--synth", default=DEFAULT_SYNTH, help="the synthesizer whose instruments it is trained on"
    )
    options.add_argument("--steps", type=int, default=1000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--bf16", action="store_true", help="train in bfloat16 where the CPU has it")
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

    def watch(now: Progress) -> None:
        if now.step % WATCH_EVERY == 0 or now.figures:
            figures = {"loss": float(now.terms["train_loss"]), **now.figures}
            line = " ".join(f"{name} {value:.4g}" for name, value in figures.items())
            print(f"step {now.step}, {time.monotonic() - since:.0f} s: {line}", flush=True)

    probe, _ = train_probe(
        ProbeChoice(chosen.steps, seed=chosen.seed, bf16=chosen.bf16),
        draws("train", config.made_up, chosen.seed),
        draws("validation", 0.0, chosen.seed),
        watch=watch,
    )
    chosen.out.mkdir(parents=True, exist_ok=True)
    save_probe(chosen.out, probe)
    print(chosen.out / "probe.safetensors")


if __name__ == "__main__":
    main()

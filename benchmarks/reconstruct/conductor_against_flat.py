"""Conductor against flat decoder: 16 bars, equal parameters, equal core-seconds, several seeds.

    .venv/bin/symvae prepare folk --out shards
    .venv/bin/python benchmarks/reconstruct/conductor_against_flat.py --data shards --out runs

Both models have the same encoder and the same objective; a warm-started model, which is partly trained,
starts with beta at its final .2 and uses half the learning rate. The conductor's time includes its bar
stage (a one-bar model from scratch, a third of the time), from which it is warm-started; the flat decoder,
an LSTM over all 256 tokens with z at every step, uses all of its time on 16 bars from scratch. The width of
the flat LSTM makes the parameters equal. The number of steps that fit the time, with reading and warm
start, is estimated by a probe before each run, in the same process; the core-seconds that were spent, with
validation, are printed. Measured free-running from the posterior mean on test windows that do not occur in
the training set. One JSON line a run goes to OUT/results.jsonl (those of docs/results.md are beside this
script); finished runs are not repeated. Fails unless every conductor is .10 better than every flat decoder.
"""

import argparse
import dataclasses
import json
import shutil
import time
from pathlib import Path

import torch

from symvae.config.run import DataConfig, ModelConfig, ObjectiveConfig, RunConfig, TrainingConfig
from symvae.corpus.shards import open_shards
from symvae.evaluation.held_out import held_out
from symvae.evaluation.metrics.clustered_accuracy import clustered_accuracy
from symvae.system.build import build_vae
from symvae.system.symvae import SymVAE
from symvae.training.tasks.phrase import train

BAR_SHARE = 1 / 3
PROBE_STEPS = 12
TEST_WINDOWS = 1024

SIZES = ModelConfig(
    bars=16,
    latent_size=256,
    encoder_size=192,
    summary_size=384,
    phrase_size=128,
    conductor_size=256,
    decoder_size=256,
    unfold_size=512,
    feature_size=96,
)
BAR = dataclasses.replace(SIZES, bars=1, latent_size=64, phrase_size=0, conductor_size=0)


def parameters(model: ModelConfig) -> int:
    """Number of parameters of a model."""
    with torch.device("meta"):
        return sum(p.numel() for p in build_vae(model).parameters())


def flat_sizes() -> ModelConfig:
    """Sizes of the flat model with the conductor's number of parameters, to within a step of LSTM width."""
    wanted = parameters(SIZES)
    return min(
        (dataclasses.replace(SIZES, decoder="flat", decoder_size=width) for width in range(128, 1025, 8)),
        key=lambda model: abs(parameters(model) - wanted),
    )


def recipe(model: ModelConfig, steps: int, seed: int) -> RunConfig:
    """The same objective for all; the bar stage is trained on bars in mid-phrase."""
    one_bar, warm = model.bars == 1, model.bars > 1 and model.decoder == "hierarchical"
    return RunConfig(
        name=f"{model.decoder}-{model.bars}bar",
        model=model,
        objective=ObjectiveConfig(beta=0.2, beta_start=0.2 if warm else 0.0, beta_until=0.5),
        data=DataConfig(mid_phrase=one_bar),
        training=TrainingConfig(
            steps=steps,
            batch_size=256 if one_bar else 32,
            learning_rate=1e-3 if warm else 2e-3,
            warmup_steps=min(300, steps // 5),
            evaluate_every=steps,
            seed=seed,
        ),
    )


def steps_within(
    model: ModelConfig, seconds: float, data: Path, folder: Path, start_from: Path | None
) -> int:
    """Number of steps that fit ``seconds`` after reading and warm start, from a short probe."""
    shutil.rmtree(folder, ignore_errors=True)
    ticks = [time.process_time()]
    train(
        recipe(model, 10**6, 0),
        data,
        folder,
        start_from=start_from,
        stop_after=PROBE_STEPS,
        watch=lambda now: ticks.append(time.process_time()),
    )
    shutil.rmtree(folder)
    before, step = ticks[1] - ticks[0], (ticks[-1] - ticks[1]) / (len(ticks) - 2)
    return max(10, round((seconds - before) / step))


def run(decoder: str, seed: int, minutes: float, data: Path, out: Path) -> dict[str, object]:
    """Train and evaluate one model."""
    seconds = 60 * minutes
    folder = out / f"{decoder}-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    bar, steps_of_bar, spent = None, 0, 0.0
    if decoder == "hierarchical":
        steps_of_bar = steps_within(BAR, BAR_SHARE * seconds, data, folder / "probe", None)
        started = time.process_time()
        bar = train(recipe(BAR, steps_of_bar, seed), data, folder / "bar")
        spent += time.process_time() - started
        seconds *= 1 - BAR_SHARE
    sizes = SIZES if decoder == "hierarchical" else flat_sizes()
    steps = steps_within(sizes, seconds, data, folder / "probe", bar)
    started = time.process_time()
    model = SymVAE.load(train(recipe(sizes, steps, seed), data, folder / "phrase", start_from=bar))
    spent += time.process_time() - started
    windows = held_out(open_shards(data), model.config).unseen().draw(TEST_WINDOWS, 0)
    posterior = model.codec.encode_ids(windows.ids)
    figures = clustered_accuracy(
        model.codec.decode_ids(posterior.mean), windows.ids, windows.tune, model.tokenizer
    )._asdict()
    return {
        "decoder": decoder,
        "seed": seed,
        "minutes": minutes,
        "parameters": parameters(sizes),
        "bar_steps": steps_of_bar,
        "steps": steps,
        "core_seconds": round(spent),
        "windows": len(windows.ids),
        "kl_nats": float(posterior.kl_nats().sum(-1).mean()),
        **figures,
    }


def main() -> None:
    """Run every seed of both in turn, so that the load of the machine is the same for both."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--minutes", type=float, default=8.0)
    arguments.add_argument("--seeds", type=int, default=3)
    asked = arguments.parse_args()
    torch.set_num_threads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    results = asked.out / "results.jsonl"
    done = [json.loads(line) for line in results.read_text().splitlines()] if results.is_file() else []
    for seed in range(asked.seeds):
        for decoder in ("hierarchical", "flat"):
            if any((r["decoder"], r["seed"], r["minutes"]) == (decoder, seed, asked.minutes) for r in done):
                continue
            row = run(decoder, seed, asked.minutes, asked.data, asked.out)
            done.append(row)
            with results.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(json.dumps(row), flush=True)
    tokens = {
        decoder: torch.tensor(
            [r["token"] for r in done if (r["decoder"], r["minutes"]) == (decoder, asked.minutes)]
        )
        for decoder in ("hierarchical", "flat")
    }
    for decoder, token in tokens.items():
        print(f"{decoder}: token {token.mean():.3f} ± {token.std():.3f} over {len(token)} seeds")
    if tokens["hierarchical"].min() < tokens["flat"].max() + 0.10:
        raise SystemExit("The conductor is not .10 better than the flat decoder with every seed.")


if __name__ == "__main__":
    main()

"""The training loop, readable from top to bottom.

    symvae train --preset melody-2bar --data SHARDS --out RUN [--resume] [--from MODEL]

One process, or many started by torchrun; each takes its rows of every batch. All chance is drawn
from (seed, step), so a run that is stopped and resumed ends bit-equal to one that was not.
"""

import dataclasses
import os
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.distributed as dist
from jaxtyping import Int
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

from symvae.config.run import ModelConfig, RunConfig
from symvae.corpus.dataset import Batches, windows
from symvae.corpus.shards import Shards, open_shards
from symvae.errors import TrainingError
from symvae.models.faders.critic import Critic
from symvae.models.phrase.vae import VAE
from symvae.nn.mixed import mixed
from symvae.objective.accuracy import accuracy
from symvae.objective.schedule import warmup_cosine
from symvae.system.artifacts import load_config, load_vae, save_model, save_scales
from symvae.system.build import (
    beta_at,
    beta_settled,
    build_critic,
    build_faders,
    build_vae,
    sampling_rate_at,
)
from symvae.system.faders.scales import fit_scales
from symvae.system.families import check_family
from symvae.system.warm_start import warm_start
from symvae.tokens.tokenizer import Tokenizer
from symvae.training.log import TrainingLog
from symvae.training.state import TrainingState, cpu_state, fresh_average
from symvae.training.step import TrainingStep

VALIDATION_PHRASES = 1024
GROWTH_PHRASES = 20_000


class Progress(NamedTuple):
    """What a watcher is told after each step."""

    step: int
    steps: int
    phrases_per_sec: float
    figures: dict[str, float]
    """The latest validation; empty before the first."""


def train(
    config: RunConfig,
    shards_folder: Path,
    out: Path,
    *,
    resume: bool = False,
    start_from: Path | None = None,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Callable[[Progress], None] = lambda progress: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Path:
    """Train ``config`` on shards and return the folder of the best model.

    The best has the highest free-running token accuracy among those validated under the final beta:
    an earlier one, under a smaller beta, is more exact only because it spends more nats.

    ``start_from`` is a model folder of the same sizes (fine-tuning) or a one-bar model (growing).
    ``stop_after`` ends this call after so many steps in all, as a kill would; ``resume`` goes on. So does
    ``stopping``, asked after each step (one process only: many must agree on when to stop).
    Raises `TrainingError` for a run folder already in use, a resume without a state, shards of
    another vocabulary, or a ``start_from`` of other sizes.
    """
    rank, processes = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = own_device(device)
    if processes > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    torch.set_num_threads(config.training.threads)
    state_path = out / "state.pt"
    if state_path.exists() and not resume:
        raise TrainingError(
            f"{out} already holds a run. Add --resume to go on with it, or choose another folder."
        )
    if resume and not state_path.exists():
        raise TrainingError(
            f"There is nothing to resume in {out}: it has no state.pt. Leave out --resume to start."
        )

    check_family(config)
    config = dataclasses.replace(config, start_from=load_config(start_from).name if start_from else "")
    shards = open_shards(shards_folder)
    shards.check_fit(config.model)
    taken = windows(shards, "train", config.model.bars, mid_phrase=config.data.mid_phrase)
    batches = Batches(
        taken.ids,
        batch_size=config.training.batch_size,
        transpose_by=config.data.transpose,
        tokenizer=shards.tokenizer,
        seed=config.training.seed,
        rank=rank,
        processes=processes,
    )
    held_out = _validation_ids(shards, config)
    state = _start(config, start_from, taken.ids, device)
    if resume:
        state.load(state_path, config)
    names, linear = config.model.faders, config.objective.regularization == "attribute"
    tokens, seed = shards.tokenizer, config.training.seed
    scales = (
        fit_scales(names, tokens, taken.ids, config.data.transpose, seed, linear=linear) if names else None
    )
    task = TrainingStep(
        state.model,
        free_nats=config.objective.free_nats,
        padding=tokens.padding,
        faders=build_faders(config, shards.tokenizer, scales),
        critic=state.critic,
    )
    step = DistributedDataParallel(task) if processes > 1 else task
    choice = config.training
    bf16 = choice.precision == "bf16"
    figures: dict[str, float] = {}
    since, phrases = time.monotonic(), 0

    with TrainingLog(out, state.step) if rank == 0 else nullcontext() as log:
        while state.step < min(choice.steps, stop_after or choice.steps):
            progress = state.step / choice.steps
            rate = choice.learning_rate * warmup_cosine(state.step, choice.steps, choice.warmup_steps)
            for group in state.optimizer.param_groups:
                group["lr"] = rate

            ids = batches.batch(state.step).to(device)
            generator = torch.Generator(device).manual_seed(_mix(choice.seed, state.step, rank))
            dropped = (
                torch.rand(ids.shape, generator=generator, device=device) < config.objective.word_dropout
            )
            beta = beta_at(config.objective, progress)
            with mixed(torch.device(device).type, bf16):
                loss = step(
                    ids,
                    dropped=dropped,
                    generator=generator,
                    beta=beta,
                    sampling_rate=sampling_rate_at(config.objective, progress),
                )
            state.optimizer.zero_grad(set_to_none=True)
            loss.total.backward()
            norm = torch.nn.utils.clip_grad_norm_(state.model.parameters(), choice.clip_norm)
            if not torch.isfinite(norm):
                raise TrainingError(
                    f"The gradient is not finite at step {state.step}. "
                    "Start again with a lower training.learning_rate."
                )
            state.optimizer.step()
            state.step += 1
            state.update_average(choice.ema_decay)
            phrases += len(ids) * processes

            if state.step % choice.evaluate_every == 0 or state.step == choice.steps:
                speed = phrases / (time.monotonic() - since)
                figures = validate(state.average, held_out, device, tokens)
                if log is not None:
                    settled = beta_settled(config.objective, state.step / choice.steps)
                    if not settled or figures["free_token"] > state.best:
                        if settled:
                            state.best, state.stale = figures["free_token"], 0
                        save_model(
                            out / "model",
                            config,
                            cpu_state(state.average),
                            tokenizer=shards_folder / "tokenizer.json",
                            metrics={"validation": figures},
                        )
                        if scales is not None:
                            save_scales(out / "model", scales)
                    else:
                        state.stale += 1
                    state.save(state_path, config)
                    log.write(
                        state.step,
                        rate=rate,
                        beta=beta,
                        train_loss=loss.total.item(),
                        train_reconstruction=loss.reconstruction.item(),
                        train_kl=loss.kl.item(),
                        train_regularization=loss.regularization.item(),
                        **figures,
                        phrases_per_sec=speed,
                    )
                state.stale = _from_first(state.stale, processes, device)
                since, phrases = time.monotonic(), 0
            elapsed = time.monotonic() - since
            watch(Progress(state.step, choice.steps, phrases / elapsed if phrases else 0.0, figures))
            if (choice.patience and state.stale >= choice.patience) or stopping():
                break
    if rank == 0 and state.step % choice.evaluate_every and state.step < choice.steps:
        state.save(state_path, config)
    return out / "model"


@torch.no_grad()
def validate(
    model: VAE, ids: Int[Tensor, "phrase bar position"], device: str, tokens: Tokenizer
) -> dict[str, float]:
    """Accuracies of the posterior mean on held-out phrases, teacher-forced and free-running, and the KL."""
    forced, free, kl = [], [], []
    for rows in ids.to(device).split(256):
        posterior = model.encoder(rows)
        forced.append(model.decoder(posterior.mean, rows).argmax(-1))
        free.append(model.decoder.generate(posterior.mean))
        kl.append(posterior.kl_nats().sum(-1))
    truth = ids.to(device)
    share = partial(accuracy, ids=truth, onset_ids=tokens.onset_ids, padding=tokens.padding)
    own = share(torch.cat(free))
    figures = {
        "forced_token": share(torch.cat(forced)).token,
        "free_token": own.token,
        "free_exact": own.exact,
        "kl_nats": torch.cat(kl).mean().item(),
    }
    # Only on a grid is a token's place an onset's.
    return {**figures, "free_onset": own.onset} if tokens.on_grid else figures


def _start(
    config: RunConfig, start_from: Path | None, ids: np.ndarray, device: str
) -> TrainingState[VAE, Critic]:
    torch.manual_seed(config.training.seed)
    model = build_vae(config.model)
    if start_from is not None:
        source = load_config(start_from).model
        if source.bars == config.model.bars:
            try:
                model.load_state_dict(load_vae(start_from).state_dict())
            except RuntimeError as error:
                raise TrainingError(
                    f"{start_from} has other sizes than the preset{_differing(source, config.model)}. "
                    "Choose the sizes of the model that you start from, or train from nothing."
                ) from error
        elif source.bars == 1:
            rows = np.random.default_rng(config.training.seed).permutation(len(ids))[:GROWTH_PHRASES]
            warm_start(load_vae(start_from), model, torch.from_numpy(ids[rows].astype(np.int64)))
        else:
            raise TrainingError(
                f"{start_from} has {source.bars} bars and the preset {config.model.bars}. "
                "Start from a model of as many bars, or warm_start from a one-bar model."
            )
    model.to(device)
    critic = build_critic(config)
    if critic is not None:
        critic.to(device)
    optimizer = torch.optim.AdamW(
        [*model.parameters(), *(critic.parameters() if critic is not None else ())],
        lr=config.training.learning_rate,
        betas=(0.9, 0.99),
        weight_decay=config.training.weight_decay,
        fused=True,
    )
    return TrainingState(model, fresh_average(model), optimizer, critic=critic)


def own_device(device: str) -> str:
    """The device of this process: of several on one machine, each takes the GPU of its local rank."""
    if device != "cuda":
        return device
    local_rank, gpus = int(os.environ.get("LOCAL_RANK", 0)), torch.cuda.device_count()
    if local_rank >= gpus:
        raise TrainingError(
            f"Process {local_rank + 1} has no GPU of its own: this machine has {gpus}. "
            "Start no more processes than GPUs (torchrun --nproc-per-node)."
        )
    torch.cuda.set_device(local_rank)
    return f"cuda:{local_rank}"


def _differing(source: ModelConfig, wanted: ModelConfig) -> str:
    old, new = asdict(source), asdict(wanted)
    said = [f"model.{key} {old[key]}, not {new[key]}" for key in old if old[key] != new[key]]
    return f" ({'; '.join(said)})" if said else ""


def _validation_ids(shards: Shards, config: RunConfig) -> Int[Tensor, "phrase bar position"]:
    ids = windows(shards, "validation", config.model.bars, mid_phrase=config.data.mid_phrase).ids
    rows = np.random.default_rng(0).permutation(len(ids))[:VALIDATION_PHRASES]
    return torch.from_numpy(ids[rows].astype(np.int64))


def _mix(seed: int, step: int, rank: int) -> int:
    return int(np.random.SeedSequence([seed, step, rank]).generate_state(1, np.uint64)[0] >> 1)


def _from_first(value: int, processes: int, device: str) -> int:
    """The first process's value, known to all: they must agree on when to stop."""
    if processes == 1:
        return value
    shared = torch.tensor(value, device=device)
    dist.broadcast(shared, 0)
    return int(shared)

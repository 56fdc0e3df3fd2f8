"""The VAE of phrases: posterior, conductor and bar decoder from prepared shards.

    symvae train --preset melody-2bar --data SHARDS --out RUN [--resume] [--from MODEL]

In one process, or in many started by torchrun; each takes its rows of every batch. All chance follows from
seed, step and process.
"""

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Int, UInt
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

from symvae.config.data import DataConfig
from symvae.config.run import RunConfig
from symvae.corpus.dataset import Batches, Vary, windows
from symvae.corpus.shards import Shards, open_shards
from symvae.errors import TrainingError
from symvae.models.phrase.set_bar_decoder import SetBarDecoder
from symvae.models.phrase.vae import VAE
from symvae.nn.mixed import mixed
from symvae.objective.accuracy import accuracy
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifacts import load_config, save_model, save_scales
from symvae.system.build import (
    beta_at,
    beta_settled,
    build_critic,
    build_faders,
    sampling_rate_at,
)
from symvae.system.faders.scales import fit_scales
from symvae.system.families import check_family
from symvae.tokens.drum_exchange import exchange_drums
from symvae.tokens.part_exchange import exchange_parts
from symvae.tokens.parts import PartTokenizer
from symvae.tokens.splice import splice_parts
from symvae.tokens.tokenizer import Tokenizer
from symvae.training.data import validation_phrases
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.processes import ALONE, Processes, own_device
from symvae.training.run import Base, RunFolder
from symvae.training.section import plan_of, rate_at
from symvae.training.state import TrainingState, cpu_state, early_share, fresh_average
from symvae.training.task import Loss, Objective
from symvae.training.tasks.phrase_loss import PhraseLoss
from symvae.training.tasks.phrase_start import initial_vae

STATE = "state.pt"
VALIDATION_PHRASES = 1024
_VALIDATION_BATCH = 256


def train(
    config: RunConfig,
    shards_folder: Path,
    out: Path,
    *,
    resume: bool = False,
    start_from: Path | None = None,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> Path:
    """Train a model on shards.

    The best model has the highest free-running token accuracy among those validated under the final beta:
    under a smaller beta any model is more exact, because it spends more nats.

    Args:
        config: All choices, as a preset names them.
        shards_folder: Folder that `symvae prepare` wrote.
        out: The run's folder: log, state and best model.
        resume: Go on with the run in ``out``.
        start_from: Folder of a model of the same sizes (fine-tuning) or of a one-bar model (warm start).
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call (one process only).

    Returns:
        The folder of the best model.

    Raises:
        TrainingError: ``out`` cannot be used, a gradient is not finite, or ``start_from`` has other sizes.
        CorpusError: The shards do not fit the model.
    """
    device, processes = own_device(device), Processes.current()
    processes.connect(device)
    torch.set_num_threads(config.training.threads)
    folder = RunFolder.open(out, STATE, resume=resume)
    check_family(config)
    config = dataclasses.replace(config, start_from=load_config(start_from).name if start_from else "")
    task = PhraseTask(config, open_shards(shards_folder), start_from, device, processes)
    run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)
    return out / "model"


class PhraseTask:
    """A VAE, its critic where the regularization needs one, and the scales of its faders."""

    base: Base | None = None

    def __init__(
        self,
        config: RunConfig,
        shards: Shards,
        start_from: Path | None = None,
        device: str = "cpu",
        processes: Processes = ALONE,
    ) -> None:
        """Read the windows and draw the initial weights.

        Args:
            config: All choices.
            shards: Prepared music.
            start_from: Folder of the model to start from; None draws fresh weights.
            device: Device of this process.
            processes: This process among those that share each batch.
        """
        shards.check_fit(config.model)
        self.choice, self.shards, self.device, self.rank = config, shards, device, processes.rank
        training, data = config.training, config.data
        taken = windows(shards, "train", config.model.bars, mid_phrase=data.mid_phrase)
        self.validation = validation_phrases(shards, config, VALIDATION_PHRASES, mid_phrase=data.mid_phrase)
        weight = taken.weight(data.balance)
        self.batches = Batches(
            taken,
            batch_size=training.batch_size,
            transpose_by=data.transpose,
            tokenizer=shards.tokenizer,
            seed=training.seed,
            rank=processes.rank,
            processes=processes.total,
            vary=_variation(shards.tokenizer, data),
            weight=weight,
        )
        model = initial_vae(config, start_from, taken, weight).to(device)
        for module in model.modules():
            if isinstance(module, SetBarDecoder):
                module.second_weight = config.objective.second_mark_weight
        critic = build_critic(config)
        modules: dict[str, torch.nn.Module] = {"model": model}
        if critic is not None:
            modules["critic"] = critic.to(device)
        self.average = fresh_average(model)
        self.state = TrainingState(
            modules,
            torch.optim.AdamW(
                [weights for module in modules.values() for weights in module.parameters()],
                lr=training.learning_rate,
                betas=(0.9, 0.99),
                weight_decay=training.weight_decay,
                fused=True,
            ),
            self.average,
        )
        self.plan = plan_of(training)
        names, linear = config.model.faders, config.objective.regularization == "attribute"
        self.scales = (
            fit_scales(names, shards.tokenizer, taken, data.transpose, training.seed, linear=linear)
            if names
            else None
        )
        objective = PhraseLoss(
            model,
            free_nats=config.objective.free_nats,
            padding=shards.tokenizer.padding,
            faders=build_faders(config, shards.tokenizer, self.scales),
            critic=critic,
        )
        self.objective = DistributedDataParallel(objective) if processes.total > 1 else objective

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": rate_at(self.choice.training, step)}

    def loss(self, step: int) -> Loss:
        choice, progress = self.choice.objective, step / self.plan.steps
        ids = self.batches.batch(step).to(self.device)
        generator = torch.Generator(self.device).manual_seed(
            _mixed_seed(self.choice.training.seed, step, self.rank)
        )
        dropped = torch.rand(ids.shape, generator=generator, device=self.device) < choice.word_dropout
        beta = beta_at(choice, progress)
        with mixed(torch.device(self.device).type, self.choice.training.precision == "bf16"):
            loss = self.objective(
                ids,
                dropped=dropped,
                generator=generator,
                beta=beta,
                sampling_rate=sampling_rate_at(choice, progress),
            )
        terms = {
            "rate": rate_at(self.choice.training, step),
            "beta": beta,
            "train_loss": loss.total,
            "train_reconstruction": loss.reconstruction,
            "train_kl": loss.kl,
            "train_regularization": loss.regularization,
        }
        return Loss((Objective(loss.total),), {name: _detached(value) for name, value in terms.items()})

    def average_share(self, step: int) -> float:
        return early_share(self.choice.training.ema_decay, step)

    def validate(self) -> dict[str, float]:
        return validate(self.average, self.validation, self.device, self.shards.tokenizer)

    def score(self, figures: dict[str, float], step: int) -> float | None:
        settled = beta_settled(self.choice.objective, step / self.plan.steps)
        return figures["free_token"] if settled else None

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        with whole_folder(folder / "model", TrainingError) as fresh:
            save_model(
                fresh,
                self.choice,
                cpu_state(self.average),
                tokenizer=self.shards.folder / "tokenizer.json",
                metrics={"validation": figures},
            )
            if self.scales is not None:
                save_scales(fresh, self.scales)


@torch.no_grad()
def validate(
    model: VAE, ids: Int[Tensor, "phrase bar position"], device: str, tokenizer: Tokenizer
) -> dict[str, float]:
    """Reconstruction from posterior means, teacher-forced and free-running.

    Args:
        model: The network, on ``device``.
        ids: Held-out phrases.
        device: Device to compute on.
        tokenizer: The tokenizer of the ids, which defines padding and onsets.

    Returns:
        Accuracies from 0 to 1 by name, and the mean KL divergence from the prior in nats per phrase.
    """
    forced, free, kl = [], [], []
    for rows in ids.to(device).split(_VALIDATION_BATCH):
        posterior = model.encoder(rows)
        forced.append(model.decoder(posterior.mean, rows).argmax(-1))
        free.append(model.decoder.generate(posterior.mean))
        kl.append(posterior.kl_nats().sum(-1))
    truth = ids.to(device)
    shares = partial(
        accuracy,
        ids=truth,
        onset_ids=tokenizer.onset_ids,
        padding=tokenizer.padding,
        absent=tokenizer.absent,
    )
    own = shares(torch.cat(free))
    figures = {
        "forced_token": shares(torch.cat(forced)).token,
        "free_token": own.token,
        "free_exact": own.exact,
        "kl_nats": torch.cat(kl).mean().item(),
    }
    # Only on a grid is a position in the row a time.
    return {**figures, "free_onset": own.onset} if tokenizer.on_grid else figures


def _variation(tokenizer: Tokenizer, data: DataConfig) -> Vary | None:
    """Augmentation of training windows beside transposition."""
    if isinstance(tokenizer, PartTokenizer):
        return partial(_vary_parts, tokenizer, data) if data.splice or data.exchange else None
    return partial(exchange_drums, data.exchange) if data.exchange else None


def _vary_parts(
    tokenizer: PartTokenizer,
    data: DataConfig,
    ids: UInt[np.ndarray, "window bar position"],
    chance: np.random.Generator,
) -> UInt[np.ndarray, "window bar position"]:
    if data.splice:
        ids = splice_parts(tokenizer, data.splice, ids, chance)
    return exchange_parts(tokenizer, data.exchange, ids, chance) if data.exchange else ids


def _mixed_seed(seed: int, step: int, rank: int) -> int:
    return int(np.random.SeedSequence([seed, step, rank]).generate_state(1, np.uint64)[0] >> 1)


def _detached(value: Any) -> Any:
    return value.detach() if isinstance(value, Tensor) else value

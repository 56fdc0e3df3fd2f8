"""A genie: the piano from eight buttons, by rule or learned.

    symvae train-genie --preset genie --data SHARDS --out RUN [--resume]

All chance follows from seed and step. The best model has the lowest perplexity of held-out notes, given the
buttons and the times between notes alone.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.config.genie import GenieConfig
from symvae.corpus.shards import Shards
from symvae.models.genie.button_piano import ButtonPiano
from symvae.nn.mixed import mixed
from symvae.objective.genie import contour_loss, margin_loss
from symvae.system.build_genie import build_genie
from symvae.system.network_folder import GENIE
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.press_corpus import Hiding, PressBatch, PressCorpus, press_corpus
from symvae.training.run import Base, RunFolder
from symvae.training.section import adamw, plan_of, rate_at
from symvae.training.state import TrainingState, cpu_state, early_share, fresh_average
from symvae.training.task import Loss, Objective

STATE = "genie-state.pt"
VALIDATION_EXCERPTS = 96


def train_genie(
    config: GenieConfig,
    shards: Sequence[Shards],
    out: Path,
    *,
    resume: bool = False,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> Path:
    """Train a genie on prepared music.

    Args:
        config: All choices, as a preset names them.
        shards: Prepared music of pitched instruments.
        out: The run's folder: log, state and best model.
        resume: Go on with the run in ``out``.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The folder of the best model.

    Raises:
        CorpusError: The shards hold drums, or no music.
        TrainingError: ``out`` cannot be used, or a gradient is not finite.
    """
    torch.set_num_threads(config.training.threads)
    folder = RunFolder.open(out, STATE, resume=resume)
    around = {"before": config.model.notes_before, "after": config.model.notes_after}
    train, held_out = (press_corpus(shards, split, **around) for split in ("train", "validation"))
    run(
        GenieTask(config, train, held_out, device),
        folder,
        stop_after=stop_after,
        watch=watch,
        stopping=stopping,
    )
    return out / "model"


class GenieTask:
    """A genie in training."""

    base: Base | None = None

    def __init__(
        self, config: GenieConfig, train: PressCorpus, held_out: PressCorpus, device: str = "cpu"
    ) -> None:
        """Draw the initial weights from torch's global generator.

        Args:
            config: All choices.
            train: Notes to learn from.
            held_out: Notes of other tunes.
            device: "cpu" or "cuda".
        """
        self.choice, self.train, self.device = config, train, device
        training = config.training
        torch.manual_seed(training.seed)
        self.model = build_genie(config.model).to(device)
        self.average = fresh_average(self.model)
        self.state = TrainingState({"model": self.model}, adamw(self.model, training), self.average)
        self.plan = plan_of(training)
        notes = config.objective.notes
        self.validation = {
            "perplexity": held_out.in_order(notes, VALIDATION_EXCERPTS, conditions=False),
            "perplexity_all_known": held_out.in_order(notes, VALIDATION_EXCERPTS),
            "perplexity_no_buttons": held_out.in_order(
                notes, VALIDATION_EXCERPTS, shown=False, conditions=False
            ),
        }

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": rate_at(self.choice.training, step)}

    def loss(self, step: int) -> Loss:
        training, objective = self.choice.training, self.choice.objective
        hiding = Hiding(
            objective.no_buttons, objective.no_chord, objective.no_tonality, objective.no_velocity
        )
        batch = self.train.draw(
            step, training.batch_size, objective.notes, seed=training.seed, hiding=hiding
        ).to(self.device)
        torch.manual_seed(training.seed * 1_000_003 + step)  # dropout draws from the global generator
        terms: dict[str, Any] = {"rate": rate_at(training, step)}
        with mixed(self.device, training.precision == "bf16"):
            button, value = buttons_in(self.model, batch)
            logits = self.model.decoder(batch.before, button, batch.conditions)
            total = _cross_entropy(logits, batch)
        terms["train_nats"] = total.detach()
        if value is not None:
            margin = margin_loss(value, batch.is_note)
            contour = contour_loss(value, batch.key, batch.is_note)
            terms |= {"train_margin": margin.detach(), "train_contour": contour.detach()}
            total = total + objective.margin * margin + objective.contour * contour
        return Loss((Objective(total),), terms)

    def average_share(self, step: int) -> float:
        return early_share(self.choice.training.ema_decay, step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        figures = {}
        self.average.eval()
        for name, batch in self.validation.items():
            moved = batch.to(self.device)
            button, _ = buttons_in(self.average, moved)
            logits = self.average.decoder(moved.before, button, moved.conditions)
            figures[name] = math.exp(float(_cross_entropy(logits, moved)))
        return figures

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return -figures["perplexity"]

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        GENIE.save(folder / "model", self.choice, cpu_state(self.average), metrics={"validation": figures})


def buttons_in(
    model: ButtonPiano, batch: PressBatch
) -> tuple[Float[Tensor, "batch note button"], Float[Tensor, "batch note"] | None]:
    """Buttons of a batch, by rule or learned.

    Args:
        model: The networks.
        batch: Excerpts.

    Returns:
        Weights of the buttons, all 0 where they are hidden, and the number of each note that was quantized;
        None for buttons by rule.
    """
    if model.encoder is None:
        return batch.button, None
    encoded = model.encoder(batch.key, batch.conditions.delta)
    return encoded.weight * batch.shows_buttons[:, None, None], encoded.value


def _cross_entropy(logits: Float[Tensor, "batch note key"], batch: PressBatch) -> Float[Tensor, ""]:
    """Mean negative log likelihood of the notes, in nats."""
    return nn.functional.cross_entropy(logits.flatten(0, 1).float(), batch.key.flatten(), ignore_index=-1)

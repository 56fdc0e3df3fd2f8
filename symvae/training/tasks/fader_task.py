"""The editor of faders and its attribute predictor as one task.

The terms of the loss:

    asked     one or several faders of each phrase get the positions that another phrase has; the predictor
              should find them there after the edit
    staying   its other faders should keep their positions, or follow as far as attributes that hardly vary
              independently have to (`symvae.latent.calibration.coupling`)
    content   z should move no farther than necessary
    reading   the predictor regresses the measured attributes of the phrase, and of the notes that the
              edited z decodes to

Notes are discrete: no gradient passes through decoding and measuring them. The predictor stands in for both;
it is trained on what the editor's own z decode to, as a critic is for its actor (Lillicrap et al. 2016,
arXiv 1509.02971). A straight-through gradient through the decoded notes trained more slowly
(docs/experiments.md).
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.config.run import FaderConfig
from symvae.corpus.dataset import Batches
from symvae.models.faders.attribute_predictor import AttributePredictor
from symvae.models.faders.editor import FaderEditor
from symvae.models.faders.set_predictor import SetPredictor
from symvae.models.phrase.fast_decoder import fast_decoder
from symvae.models.phrase.vae import VAE
from symvae.nn.mixed import mixed
from symvae.objective.schedule import warmup_cosine
from symvae.system.artifacts import save_editor, save_scales
from symvae.system.faders.scales import Scales, measured_positions
from symvae.training.run import Base
from symvae.training.state import TrainingState, fresh_average
from symvae.training.task import Loss, Objective, Plan
from symvae.training.tasks.fader_targets import draw_targets

WARMUP_STEPS = 100
#: Temperature of the posterior draws that the predictor is trained on; they decode like the mean.
READING_TEMPERATURE = 0.5
TERMS = ("asked", "staying", "content", "reading")
#: Smallest and largest gain of a fader.
_GAINS = (0.8, 1.5)
Terms = dict[str, Float[Tensor, ""]]


class FaderTask:
    """An editor and its attribute predictor, over a frozen VAE."""

    def __init__(
        self,
        vae: VAE,
        scales: Scales,
        editor: FaderEditor,
        predictor: AttributePredictor | SetPredictor,
        config: FaderConfig,
        batches: Batches,
        validation: Int[Tensor, "phrase bar position"],
        *,
        choice: Any = None,
        base: Base | None = None,
    ) -> None:
        """Set up the optimizer and the average.

        Args:
            vae: The trained network; it is frozen.
            scales: Scales of the attributes, in the order of the editor's faders.
            editor: The editor of z; trained in place.
            predictor: The attribute predictor; trained in place.
            config: Choices of the faders.
            batches: Training phrases.
            validation: Held-out phrases, on the device of the networks.
            choice: All choices, for the state's file.
            base: The model that the faders are for.
        """
        self.vae = vae.requires_grad_(False)
        self.device = next(vae.parameters()).device
        self.decoder = vae.decoder if self.device.type == "cuda" else fast_decoder(vae.decoder)
        self.scales = scales
        self.coupling = torch.from_numpy(scales.coupling).float().to(self.device)
        self.editor, self.predictor, self.average = editor, predictor, fresh_average(editor)
        self.config, self.batches, self.validation = config, batches, validation
        self.choice, self.base = choice, base
        optimizer = torch.optim.AdamW(
            [*editor.parameters(), *predictor.parameters()],
            lr=config.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=0.01,
            fused=True,
        )
        self.state = TrainingState({"editor": editor, "reader": predictor}, optimizer, self.average)
        self.plan = Plan(config.steps, config.evaluate_every, {"editor": 1.0, "reader": 1.0})

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": self.config.learning_rate * warmup_cosine(step, self.config.steps, WARMUP_STEPS)}

    def loss(self, step: int) -> Loss:
        config, ids = self.config, self.batches.batch(step).to(self.device)
        generator = torch.Generator(self.device).manual_seed(
            int(np.random.SeedSequence([config.seed, step]).generate_state(1)[0])
        )
        edits = step >= config.reading_steps
        with mixed(self.device.type):
            terms = (self._edit if edits else self._read)(ids, generator)
        # The predictor receives the gradient of its own errors, the editor that of what is predicted for it.
        objectives = [Objective(terms["reading"], list(self.predictor.parameters()))]
        if edits:
            weights = {"asked": 1.0, "staying": config.staying_weight, "content": config.content_weight}
            total = torch.stack([weight * terms[name] for name, weight in weights.items()]).sum()
            objectives.append(Objective(total, list(self.editor.parameters())))
        values = {name: terms[name].detach() if name in terms else 0.0 for name in TERMS}
        return Loss(tuple(objectives), values)

    def average_share(self, step: int) -> float:
        edited = step - self.config.reading_steps
        return max(1 - self.config.ema_decay, 9 / (9 + edited)) if edited > 0 else 0.0

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Pearson correlations of the averaged editor and of the predictor, for each fader.

        Returns:
            By the fader's name the correlation of asked and achieved positions, by ``read_`` and its name the
            one of measured and predicted positions.
        """
        ids = self.validation
        position = self.measure(ids)
        target, asked = draw_targets(position, self.coupling, torch.Generator(ids.device).manual_seed(0))
        with mixed(ids.device.type):
            edited = self.average.edit(self.vae.encoder(ids).mean, target, position)
            decoded = self.decoder.generate(edited.float())
            predicted = self.predictor(self.vae.encoder(ids).mean, ids).float()
        achieved = self.measure(decoded)
        figures = {}
        for fader, name in enumerate(self.scales.names):
            rows = asked[:, fader]
            figures[name] = _correlation(target[rows, fader], achieved[rows, fader])
            figures[f"read_{name}"] = _correlation(position[:, fader], predicted[:, fader])
        return figures

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return None

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        save_scales(folder, self.scales)
        save_editor(folder, self.average)

    @torch.no_grad()
    def gains(self, ids: Int[Tensor, "phrase bar position"]) -> tuple[float, ...]:
        """The factor by which each fader has to be moved farther than asked, on training phrases."""
        position, mean = self.measure(ids), self.vae.encoder(ids).mean
        target, asked = draw_targets(position, self.coupling, torch.Generator(ids.device).manual_seed(1))
        achieved = self.measure(self.decoder.generate(self.average.edit(mean, target, position)))
        gains = []
        for fader in range(position.shape[1]):
            rows = asked[:, fader]
            wanted, reached = (x[rows, fader] - position[rows, fader] for x in (target, achieved))
            slope = (reached * wanted).sum() / wanted.square().sum().clamp(min=1e-6)
            gains.append(float((1 / slope.clamp(min=1e-6)).clamp(*_GAINS)))
        return tuple(gains)

    def measure(self, ids: Int[Tensor, "batch bar position"]) -> Float[Tensor, "batch fader"]:
        """Fader positions of the music that token ids decode to."""
        return measured_positions(self.scales, self.batches.tokenizer, ids)

    def _read(self, ids: Int[Tensor, "batch bar position"], generator: torch.Generator) -> Terms:
        with torch.no_grad():
            z = self.vae.encoder(ids).sample(generator, READING_TEMPERATURE)
        return {"reading": (self.predictor(z, ids).float() - self.measure(ids)).square().sum(-1).mean()}

    def _edit(self, ids: Int[Tensor, "batch bar position"], generator: torch.Generator) -> Terms:
        position = self.measure(ids)
        target, asked = draw_targets(position, self.coupling, generator, several=True)
        with torch.no_grad():
            z = self.vae.encoder(ids).mean
        edited = self.editor.edit(z, target, position)
        with torch.no_grad():
            decoded = self.decoder.generate(edited.float())
        before, after = self.predictor(z, ids).float(), self.predictor(edited, decoded).float()
        reading = (before - position).square().sum(-1) + (after - self.measure(decoded)).square().sum(-1)
        # The predictor's error on a phrase is part of both predictions: only their difference is compared.
        missed = (after - before.detach() - (target - position)).square()
        return {
            "asked": missed[asked].mean(),
            "staying": missed.masked_fill(asked, 0.0).sum(-1).mean(),
            "content": (edited - z).float().square().sum(-1).mean(),
            "reading": reading.mean() / 2,
        }


def _correlation(a: Float[Tensor, " phrase"], b: Float[Tensor, " phrase"]) -> float:
    return torch.corrcoef(torch.stack([a, b]))[0, 1].item()

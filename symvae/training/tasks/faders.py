"""The faders of a trained model, as a run that can be stopped and resumed.

    symvae train-faders MODEL --data SHARDS --out RUN [--set faders.key=value] [--resume]

The model itself stays as it is; an editor of its z (`symvae.models.faders.editor`) is trained beside an
attribute predictor (`symvae.models.faders.attribute_predictor`). The terms of the loss:

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

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

from symvae.config.run import FaderConfig
from symvae.corpus.dataset import Batches, windows
from symvae.corpus.shards import Shards
from symvae.errors import TrainingError
from symvae.models.faders.attribute_predictor import AttributePredictor
from symvae.models.faders.editor import FaderEditor
from symvae.models.phrase.fast_decoder import fast_decoder
from symvae.models.phrase.vae import VAE
from symvae.nn.mixed import mixed
from symvae.objective.schedule import warmup_cosine
from symvae.system.artifacts import load_editor, load_scales, save_config, save_editor, save_scales
from symvae.system.build import build_attribute_predictor, build_editor
from symvae.system.faders.scales import Scales, fit_scales, measured_positions
from symvae.system.symvae import SymVAE
from symvae.training.data import as_tensor, validation_phrases
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.state import TrainingState, fresh_average
from symvae.training.task import Loss, Objective, Plan

STATE = "faders-state.pt"
VALIDATION_PHRASES = 512
WARMUP_STEPS = 100
GAIN_PHRASES = 2000
#: Where several faders are asked for, the probability of each.
MORE_FADERS = 0.3
#: Temperature of the posterior draws that the predictor is trained on; they decode like the mean.
READING_TEMPERATURE = 0.5
TERMS = ("asked", "staying", "content", "reading")
_GAINS = (0.8, 1.5)
Terms = dict[str, Float[Tensor, ""]]


def train_faders(
    model: SymVAE,
    config: FaderConfig,
    shards: Shards,
    out: Path,
    *,
    resume: bool = False,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> None:
    """Train faders for a model on the training split: faders.json (scales) and faders.safetensors (editor).

    Args:
        model: The trained model; its weights stay as they are.
        config: Choices of the faders.
        shards: Prepared music that fits the model.
        out: The run's folder: log, state and faders.
        resume: Go on with the run in ``out``.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Raises:
        TrainingError: ``out`` cannot be used, no attribute is given, or a gradient is not finite.
        CorpusError: An attribute never varies in the training phrases.
    """
    torch.set_num_threads(model.config.training.threads)
    shards.check_fit(model.config.model)
    folder = RunFolder.open(out, STATE, resume=resume)
    if not config.attributes:
        raise TrainingError(
            'There is no attribute to learn a fader for. Set faders.attributes, for example to ["register"].'
        )
    data = model.config.data
    ids = windows(shards, "train", model.config.model.bars).ids
    batches = Batches(
        ids,
        batch_size=config.batch_size,
        transpose_by=data.transpose,
        tokenizer=shards.tokenizer,
        seed=config.seed,
    )
    validation = validation_phrases(shards, model.config, VALIDATION_PHRASES, mid_phrase=False)
    task = FaderTask(
        model.vae.to(device),
        fit_scales(config.attributes, shards.tokenizer, ids, data.transpose, config.seed),
        build_editor(config, model.vae).to(device),
        build_attribute_predictor(config, model.vae).to(device),
        config,
        batches,
        validation.to(device),
        choice=dataclasses.replace(model.config, faders=config),
        base=Base.of(model.folder),
    )
    run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)
    if task.state.step == config.steps:
        rows = np.random.default_rng(config.seed).permutation(len(ids))[:GAIN_PHRASES]
        gain = task.gains(as_tensor(ids[rows]).to(device))
        save_scales(out, dataclasses.replace(task.scales, gain=gain))


class FaderTask:
    """An editor and its attribute predictor, over a frozen VAE."""

    def __init__(
        self,
        vae: VAE,
        scales: Scales,
        editor: FaderEditor,
        predictor: AttributePredictor,
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
        # The predictor's error on a phrase stands in both predictions: only their difference is compared.
        missed = (after - before.detach() - (target - position)).square()
        return {
            "asked": missed[asked].mean(),
            "staying": missed.masked_fill(asked, 0.0).sum(-1).mean(),
            "content": (edited - z).float().square().sum(-1).mean(),
            "reading": reading.mean() / 2,
        }


def draw_targets(
    position: Float[Tensor, "batch fader"],
    coupling: Float[Tensor, "fader fader"],
    generator: torch.Generator,
    *,
    several: bool = False,
) -> tuple[Float[Tensor, "batch fader"], Bool[Tensor, "batch fader"]]:
    """Draw target positions: one fader of each phrase takes the position that another phrase has.

    Args:
        position: Measured positions of a batch.
        coupling: Change of each fader (column) for a unit change of another (row).
        generator: Source of chance, on the device of the positions.
        several: In half of the phrases ask for more faders, all at the positions of the same other phrase.

    Returns:
        The targets, in which the other faders follow by their coupling, and the faders that are asked for.
    """
    batch, faders = position.shape
    device = position.device
    which = torch.randint(faders, (batch,), generator=generator, device=device)
    other = torch.randperm(batch, generator=generator, device=device)
    asked = functional.one_hot(which, faders).bool()
    if several:
        more = torch.rand((batch, faders), generator=generator, device=device) < MORE_FADERS
        asked |= more & (torch.rand((batch, 1), generator=generator, device=device) < 0.5)
    change = torch.where(asked, position[other] - position, 0.0)
    return torch.where(asked, position[other], position + change @ coupling), asked


def install_faders(model: SymVAE, run_folder: Path, config: FaderConfig) -> bool:
    """Write trained faders and their choices into the model's folder.

    Args:
        model: The model that the faders were trained for.
        run_folder: The folder of their run.
        config: The choices that they were trained with.

    Returns:
        True where an arousal fader was removed with the faders that it was fitted to.
    """
    editor, scales = load_editor(run_folder), load_scales(run_folder)
    assert editor is not None
    assert scales is not None
    before = load_scales(model.folder)
    save_editor(model.folder, editor)
    save_scales(model.folder, scales)
    save_config(model.folder, dataclasses.replace(model.config, faders=config))
    return before is not None and before.arousal is not None


def _correlation(a: Float[Tensor, " phrase"], b: Float[Tensor, " phrase"]) -> float:
    return torch.corrcoef(torch.stack([a, b]))[0, 1].item()

"""Learning the faders of a trained model, as a run that can be stopped and resumed.

    symvae train-faders MODEL --data SHARDS --out RUN [--set faders.key=value] [--resume]

The model itself stays as it is; an editor of its z learns by practicing (`symvae.models.faders.editor`):

    asked     one or several faders of each phrase are set where another phrase has them. z is edited, and
              a reader should find them where they were set;
    staying   its other faders should lie where they were, or as far along as attributes that can hardly
              be had apart have to go (`symvae.latent.calibration.coupling`);
    content   and z should not move farther than it must;
    reading   the reader (`symvae.models.faders.attribute_predictor`) learns what is measured: on the phrase, and on
              the notes that the edited z really decodes to.

Notes are discrete, and no gradient comes through decoding and measuring them. The reader stands in for both:
it learns to foretell what comes of a z just where the editor leads, as a critic does for its actor (Lillicrap
et al. 2016, arXiv 1509.02971). A straight-through gradient through the decoded notes learned more slowly
(docs/experiments.md).
"""

import copy
import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
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
from symvae.system.artifacts import save_editor, save_scales
from symvae.system.build import build_attribute_predictor, build_editor
from symvae.system.faders.scales import Scales, fit_scales, measured_positions
from symvae.system.symvae import SymVAE
from symvae.tokens.tokenizer import Tokenizer
from symvae.training.log import TrainingLog
from symvae.training.loop import Progress
from symvae.training.state import read_state, write_state

VALIDATION_PHRASES = 512
WARMUP_STEPS = 100
GAIN_PHRASES = 2000
#: Where several faders are asked for, each with this probability.
MORE_FADERS = 0.3
_GAINS = (0.8, 1.5)
#: The reader sees phrases a little off their mean, but not so far that they decode to others.
READING_TEMPERATURE = 0.5
Losses = dict[str, Float[Tensor, ""]]
PARTS = ("asked", "staying", "content", "reading")


class FaderTraining:
    """The moving parts of an editor being trained; a state that was kept goes on bit-equal."""

    def __init__(
        self,
        vae: VAE,
        tokenizer: Tokenizer,
        scales: Scales,
        editor: FaderEditor,
        reader: AttributePredictor,
        config: FaderConfig,
    ) -> None:
        self.vae = vae.requires_grad_(False)
        self.player = vae.decoder if next(vae.parameters()).is_cuda else fast_decoder(vae.decoder)
        self.tokenizer = tokenizer
        self.scales = scales
        self.config = config
        self.coupling = torch.from_numpy(scales.coupling).float().to(next(vae.parameters()).device)
        self.editor = editor
        self.average = copy.deepcopy(editor).requires_grad_(False)
        self.reader = reader
        self.optimizer = torch.optim.AdamW(
            [*editor.parameters(), *reader.parameters()],
            lr=config.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=0.01,
            fused=True,
        )
        self.step = 0

    def advance(self, ids: Int[Tensor, "batch bar position"]) -> dict[str, float]:
        """One step on a batch; what each part of the loss was."""
        config = self.config
        for group in self.optimizer.param_groups:
            group["lr"] = config.learning_rate * warmup_cosine(self.step, config.steps, WARMUP_STEPS)
        device = ids.device
        generator = torch.Generator(device).manual_seed(
            int(np.random.SeedSequence([config.seed, self.step]).generate_state(1)[0])
        )
        with mixed(device.type):
            practices = self.step >= config.reading_steps
            parts = (self._practice if practices else self._reading)(ids, generator)
        self.optimizer.zero_grad(set_to_none=True)
        # Each learns from its own part alone: the reader to be right, the editor to be read as asked.
        reader, editor = list(self.reader.parameters()), list(self.editor.parameters())
        parts["reading"].backward(inputs=reader, retain_graph=practices)
        if practices:
            weights = {"asked": 1.0, "staying": config.staying_weight, "content": config.content_weight}
            torch.stack([weight * parts[name] for name, weight in weights.items()]).sum().backward(
                inputs=editor
            )
        nn.utils.clip_grad_norm_(self.editor.parameters(), 1.0)
        nn.utils.clip_grad_norm_(self.reader.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        if practices:
            share = max(1 - config.ema_decay, 9 / (9 + self.step - config.reading_steps))
            with torch.no_grad():
                for kept, weight in zip(self.average.parameters(), self.editor.parameters(), strict=True):
                    kept.lerp_(weight, share)
        return {name: part.item() for name, part in parts.items()}

    def _reading(self, ids: Int[Tensor, "batch bar position"], generator: torch.Generator) -> Losses:
        with torch.no_grad():
            z = self.vae.encoder(ids).sample(generator, READING_TEMPERATURE)
        return {"reading": (self.reader(z, ids).float() - self.measure(ids)).square().sum(-1).mean()}

    def _practice(self, ids: Int[Tensor, "batch bar position"], generator: torch.Generator) -> Losses:
        position = self.measure(ids)
        target, asked = moved(position, self.coupling, generator, several=True)
        with torch.no_grad():
            z = self.vae.encoder(ids).mean
        edited = self.editor.edit(z, target, position)
        with torch.no_grad():
            heard = self.player.generate(edited.float())
        before, after = self.reader(z, ids).float(), self.reader(edited, heard).float()
        reading = (before - position).square().sum(-1) + (after - self.measure(heard)).square().sum(-1)
        # What the reader gets wrong of a phrase it gets wrong before and after: only the change is judged.
        missed = (after - before.detach() - (target - position)).square()
        return {
            "asked": missed[asked].mean(),
            "staying": missed.masked_fill(asked, 0.0).sum(-1).mean(),
            "content": (edited - z).float().square().sum(-1).mean(),
            "reading": reading.mean() / 2,
        }

    def measure(self, ids: Int[Tensor, "batch bar position"]) -> Float[Tensor, "batch fader"]:
        """Where the music that ids say has its faders."""
        return measured_positions(self.scales, self.tokenizer, ids)

    @torch.no_grad()
    def validate(self, ids: Int[Tensor, "phrase bar position"]) -> dict[str, float]:
        """Of the averaged editor: Pearson of asked and achieved for each fader, and how well it reads."""
        position = self.measure(ids)
        target, asked = moved(position, self.coupling, torch.Generator(ids.device).manual_seed(0))
        with mixed(ids.device.type):
            edited = self.average.edit(self.vae.encoder(ids).mean, target, position)
            heard = self.player.generate(edited.float())
            read = self.reader(self.vae.encoder(ids).mean, ids).float()
        achieved = self.measure(heard)
        figures = {}
        for fader, name in enumerate(self.scales.names):
            rows = asked[:, fader]
            figures[name] = _correlation(target[rows, fader], achieved[rows, fader])
            figures[f"read_{name}"] = _correlation(position[:, fader], read[:, fader])
        return figures

    @torch.no_grad()
    def gains(self, ids: Int[Tensor, "phrase bar position"]) -> tuple[float, ...]:
        """For each fader, how much farther it has to be moved than it shall go: on training phrases."""
        position, mean = self.measure(ids), self.vae.encoder(ids).mean
        target, asked = moved(position, self.coupling, torch.Generator(ids.device).manual_seed(1))
        achieved = self.measure(self.player.generate(self.average.edit(mean, target, position)))
        gains = []
        for fader in range(position.shape[1]):
            rows = asked[:, fader]
            wanted, got = (x[rows, fader] - position[rows, fader] for x in (target, achieved))
            slope = (got * wanted).sum() / wanted.square().sum().clamp(min=1e-6)
            gains.append(float((1 / slope.clamp(min=1e-6)).clamp(*_GAINS)))
        return tuple(gains)

    def state_dict(self) -> dict[str, Any]:
        """Everything that `load_state_dict` needs to go on from here."""
        parts = ("editor", "average", "reader", "optimizer")
        return {**{name: getattr(self, name).state_dict() for name in parts}, "step": self.step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        for name in ("editor", "average", "reader", "optimizer"):
            getattr(self, name).load_state_dict(state[name])
        self.step = state["step"]


def moved(
    position: Float[Tensor, "batch fader"],
    coupling: Float[Tensor, "fader fader"],
    generator: torch.Generator,
    *,
    several: bool = False,
) -> tuple[Float[Tensor, "batch fader"], Bool[Tensor, "batch fader"]]:
    """One fader of each phrase set where another phrase has it, and which; the others go along as they must.

    With ``several``, half of the phrases have more of them set, where the same other phrase has them.
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


def _correlation(a: Float[Tensor, " phrase"], b: Float[Tensor, " phrase"]) -> float:
    return torch.corrcoef(torch.stack([a, b]))[0, 1].item()


def train_faders(
    model: SymVAE,
    config: FaderConfig,
    shards: Shards,
    out: Path,
    *,
    resume: bool = False,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Callable[[Progress], None] = lambda progress: None,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Learn the faders of ``model`` from the training split, into ``out``.

    There are then faders.json (the scales) and faders.safetensors (the editor). ``stop_after`` and
    ``stopping`` end this call early, as in `symvae.training.loop.train`; ``resume`` goes on, bit-equal.
    Raises `TrainingError` for a folder already in use or nothing to resume, `CorpusError` for an attribute
    that never varies.
    """
    torch.set_num_threads(model.config.training.threads)
    shards.check_fit(model.config.model)
    if any((out / name).exists() for name in ("state.pt", "prior-state.pt")):
        raise TrainingError(f"{out} holds a training of another kind. Choose another folder for its faders.")
    state_path = out / "faders-state.pt"
    if state_path.exists() and not resume:
        raise TrainingError(f"{out} already holds a run. Add --resume to go on with it, or choose another.")
    if resume and not state_path.exists():
        raise TrainingError(
            f"There is nothing to resume in {out}: it has no {state_path.name}. Leave out --resume to start."
        )
    if not config.attributes:
        raise TrainingError(
            'There is no attribute to learn a fader for. Set faders.attributes, as ["register"].'
        )
    bars, data = model.config.model.bars, model.config.data
    ids = windows(shards, "train", bars).ids
    batches = Batches(
        ids,
        batch_size=config.batch_size,
        transpose_by=data.transpose,
        tokenizer=shards.tokenizer,
        seed=config.seed,
    )
    held_out = windows(shards, "validation", bars).ids
    rows = np.random.default_rng(0).permutation(len(held_out))[:VALIDATION_PHRASES]
    validation = torch.from_numpy(held_out[rows].astype(np.int64)).to(device)
    scales = fit_scales(config.attributes, shards.tokenizer, ids, data.transpose, config.seed)
    training = FaderTraining(
        model.vae.to(device),
        shards.tokenizer,
        scales,
        build_editor(config, model.vae).to(device),
        build_attribute_predictor(config, model.vae).to(device),
        config,
    )
    choice = dataclasses.replace(model.config, faders=config)
    weights = hashlib.sha256((model.folder / "model.safetensors").read_bytes()).hexdigest()
    if resume:
        kept = read_state(state_path, choice)
        if kept["weights"] != weights:
            raise TrainingError(f"{model.folder} has other weights than {state_path} began with. Start anew.")
        training.load_state_dict(kept)

    def keep() -> None:
        write_state(state_path, choice, {**training.state_dict(), "weights": weights})

    figures: dict[str, float] = {}
    with TrainingLog(out, training.step) as log:
        save_scales(out, scales)
        while training.step < min(config.steps, stop_after or config.steps):
            losses = training.advance(batches.batch(training.step).to(device))
            if training.step % config.evaluate_every == 0 or training.step == config.steps:
                figures = training.validate(validation)
                log.write(training.step, **{**dict.fromkeys(PARTS, 0.0), **losses}, **figures)
                save_editor(out, training.average)
                keep()
            watch(Progress(training.step, config.steps, 0.0, figures))
            if stopping():
                keep()
                break
    if training.step == config.steps:
        rows = np.random.default_rng(config.seed).permutation(len(ids))[:GAIN_PHRASES]
        some = torch.from_numpy(ids[rows].astype(np.int64)).to(device)
        save_scales(out, dataclasses.replace(scales, gain=training.gains(some)))

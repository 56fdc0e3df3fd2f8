"""Another decoder of a finished drum machine: learned phases, RAVE's head, or a WaveNet.

    symvae train-oneshot --preset oneshot-44k-rave --from oneshot-44k --data SOUNDS --out RUN [--resume]

Encoder, frame decoder, prior, faders and known sounds stay as they are, so that all decoders share one z; the
run's folder is a whole drum machine. Learned are

    phases   spectral distance of true and of decoded magnitudes with the network's phases from the sounds
    rave     spectral distance and distance of envelopes
    wave     log-likelihood of excerpts at its own rate

and for the first two, discriminators in the last part of the training (`decoder.adversarial_from`). All
chance follows from seed and step. The best model has the smallest distance on held-out drums, or the
smallest nats; with discriminators the newest is kept.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.audio.one_shot import SAMPLE_RATE
from symvae.config.oneshot import OneShotConfig
from symvae.corpus.sound_shards import SoundShards
from symvae.errors import TrainingError
from symvae.models.oneshot.drum_network import FLOOR
from symvae.models.oneshot.wavenet_head import WaveNetHead
from symvae.models.sound.discriminator import Discriminators
from symvae.nn.mixed import mixed
from symvae.objective.adversarial import discriminator_loss, generator_loss, matching_loss
from symvae.objective.envelope import envelope_distance
from symvae.objective.spectral import log_spectral_distance_db, multi_scale_distance
from symvae.system.build_oneshot import build_drum_vae
from symvae.system.finished_machine import Machine, finished_machine
from symvae.system.oneshot_artifacts import (
    COARSE_DECODER,
    DRUM_FADERS,
    DRUM_PRIOR,
    KNOWN_SOUNDS,
    save_drum_machine,
)
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.section import plan_of, rate_at
from symvae.training.sound_batches import SoundBatch, SoundBatches, sound_batches, spread
from symvae.training.state import TrainingState, cpu_state, early_share, fresh_average
from symvae.training.task import Loss, Objective
from symvae.training.tasks.oneshot import bounds_of

STATE = "oneshot-decoder-state.pt"
_VALIDATION_SOUNDS, _VALIDATION_BATCH, _VALIDATION_SEED = 64, 16, 1
#: Share of the steps whose excerpt begins with the sound; of most drums little else is loud.
_FROM_THE_START = 0.5


def train_oneshot_decoder(
    config: OneShotConfig,
    shards: SoundShards,
    out: Path,
    *,
    start: Path,
    resume: bool = False,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> Path:
    """Train a decoder on prepared sounds.

    Args:
        config: Name, description, decoder and training count; all else is that of the machine.
        shards: Prepared sounds.
        out: The run's folder: log, state and best model.
        start: Folder of the drum machine.
        resume: Go on with the run in ``out``.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The folder of the best model, a whole drum machine.

    Raises:
        CorpusError: A split has too few sounds.
        TrainingError: ``out`` cannot be used, the machine is not finished or has other classes, or a gradient
            is not finite.
    """
    torch.set_num_threads(config.training.threads)
    machine = finished_machine(start)
    if machine.config.model.classes != shards.classes:
        raise TrainingError(
            f"{start} has other classes than {shards.folder}. Give the sounds that it was trained on."
        )
    config = dataclasses.replace(
        machine.config,
        name=config.name,
        description=config.description,
        decoder=config.decoder,
        training=config.training,
    )
    folder = RunFolder.open(out, STATE, resume=resume)
    train, held_out = (sound_batches(shards, split) for split in ("train", "validation"))
    task = OneShotDecoderTask(config, machine, train, held_out, device)
    run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)
    return out / "model"


class OneShotDecoderTask:
    """A decoder in training.

    Args:
        config: All choices.
        machine: The drum machine, whose networks stay as they are.
        train: Sounds to learn from.
        held_out: Sounds of other drums.
        device: "cpu" or "cuda".
    """

    def __init__(
        self,
        config: OneShotConfig,
        machine: Machine,
        train: SoundBatches,
        held_out: SoundBatches,
        device: str = "cpu",
    ) -> None:
        self.choice, self.machine, self.train, self.device = config, machine, train, device
        self.base: Base | None = Base.of(machine.folder)
        training = config.training
        torch.manual_seed(training.seed)
        self.network = build_drum_vae(config.model, config.decoder)
        own = {name: value for name, value in machine.network.state_dict().items() if not _learned(name)}
        self.network.load_state_dict(own, strict=False)
        part = self.network.phases if self.network.head is None else self.network.head
        assert part is not None
        self.network.requires_grad_(False).eval().to(device)
        self.part: nn.Module = part.requires_grad_(True)
        modules: dict[str, nn.Module] = {"model": self.part}
        self.discriminators: Discriminators | None = None
        if config.decoder.adversarial_from < 1 and not isinstance(part, WaveNetHead):
            self.discriminators = Discriminators().to(device)
            modules["critic"] = self.discriminators
        self.average = fresh_average(self.part)
        optimizer = torch.optim.AdamW(
            [weights for module in modules.values() for weights in module.parameters()],
            lr=training.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=training.weight_decay,
            fused=True,
        )
        self.state = TrainingState(modules, optimizer, self.average)
        self.plan = plan_of(training)
        self.validation = held_out.rows(spread(len(held_out), _VALIDATION_SOUNDS)).to(device)

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": rate_at(self.choice.training, step)}

    def loss(self, step: int) -> Loss:
        training, decoder = self.choice.training, self.choice.decoder
        batch = self.train.batch(
            step, training.batch_size, seed=training.seed, bounds=bounds_of(self.choice.objective)
        ).to(self.device)
        generator = torch.Generator(self.device).manual_seed(training.seed * 1_000_003 + step)
        chance = np.random.default_rng([training.seed, step, 2])
        rate = {"rate": rate_at(training, step)}
        with torch.no_grad():
            z = self.network.encode(self.network.levels(batch.wave), batch.drum).sample(generator)
        if isinstance(self.part, WaveNetHead):
            with mixed(self.device, training.precision == "bf16"):
                nats = self._nats(self.part, batch, z, *self._excerpt(self.part, chance)).mean()
            return Loss((Objective(nats),), {**rate, "train_nats": nats.detach()})
        made, real = self._made(self.part, batch, z, int(chance.integers(2**15)))
        parts = multi_scale_distance(made, real, floor=FLOOR)
        # Phases leave the loud partials right and blur the quiet ones: the logarithm alone is compared.
        distance = (parts.log_magnitude if decoder.kind == "phases" else parts.total).mean()
        envelope = envelope_distance(made, real).mean()
        terms = {**rate, "train_mss": distance.detach(), "train_envelope": envelope.detach()}
        total = distance + (decoder.envelope_weight * envelope if decoder.kind == "rave" else 0.0)
        if self.discriminators is None or step / training.steps < decoder.adversarial_from:
            return Loss((Objective(total),), terms)
        learned, fooled = self._adversarial(self.discriminators, *self._cut(made, real, chance))
        terms |= {"train_discriminators": learned.detach(), "train_generator": fooled.detach()}
        return Loss((Objective(total + fooled + learned),), terms)

    def average_share(self, step: int) -> float:
        return early_share(self.choice.training.ema_decay, step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        mss, lsd, nats = [], [], []
        for at in range(0, len(self.validation.wave), _VALIDATION_BATCH):
            rows = slice(at, at + _VALIDATION_BATCH)
            batch = SoundBatch(self.validation.wave[rows], self.validation.drum[rows])
            z = self.network.encode(self.network.levels(batch.wave), batch.drum).mean
            if isinstance(self.average, WaveNetHead):
                nats.append(self._nats(self.average, batch, z).mean(1))
                continue
            made, real = self._made(self.average, batch, z, 0)
            mss.append(multi_scale_distance(made, real, floor=FLOOR).total)
            lsd.append(log_spectral_distance_db(made, real, floor=FLOOR))
        if nats:
            return {"nats": float(torch.cat(nats).mean())}
        return {"mss": float(torch.cat(mss).mean()), "lsd_db": float(torch.cat(lsd).mean())}

    def score(self, figures: dict[str, float], step: int) -> float | None:
        if "nats" in figures:
            return -figures["nats"]
        late = step / self.choice.training.steps > self.choice.decoder.adversarial_from
        return None if late else -figures["mss"]

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        whole, prefix = cpu_state(self.network), "head." if self.network.head is not None else "phases."
        whole |= {prefix + name: value for name, value in cpu_state(self.average).items()}

        def add(fresh: Path) -> None:
            DRUM_PRIOR.save(fresh, self.machine.prior)
            DRUM_FADERS.save(fresh, self.machine.faders)
            if self.machine.known is not None:
                KNOWN_SOUNDS.save(fresh, self.machine.known)
            if self.machine.coarse is not None:
                COARSE_DECODER.save(fresh, self.machine.coarse)

        save_drum_machine(folder / "model", self.choice, whole, metrics={"validation": figures}, add=add)

    def _made(
        self, part: nn.Module, batch: SoundBatch, z: Float[Tensor, "batch latent"], noise_start: int
    ) -> tuple[Float[Tensor, "made sample"], Float[Tensor, "made sample"]]:
        """Sounds of a decoder, and the true ones; the phases of true and of decoded magnitudes are made."""
        if self.network.head is not None:
            return part(z, self.network.embed(batch.drum), noise_start).float(), batch.wave
        with torch.no_grad():
            decoded = self.network.decode(z, batch.drum)
            true = self.network.levels(batch.wave)
        magnitudes = self.network.magnitudes(torch.cat([true, decoded]))
        return part(magnitudes), batch.wave.repeat(2, 1)

    def _nats(
        self,
        head: WaveNetHead,
        batch: SoundBatch,
        z: Float[Tensor, "batch latent"],
        first: int = 0,
        last: int | None = None,
    ) -> Float[Tensor, "batch counted"]:
        """Nats of the steps of an excerpt."""
        nats: Tensor = head(head.pairs(batch.wave), z, self.network.embed(batch.drum), first, last)
        return nats

    def _excerpt(self, head: WaveNetHead, chance: np.random.Generator) -> tuple[int, int]:
        """First step of an excerpt, and the one behind its last."""
        length = min(round(self.choice.decoder.excerpt_sec * head.sample_rate / 2), head.steps)
        first = int(chance.integers(head.steps - length + 1))
        first = 0 if chance.random() < _FROM_THE_START else first
        return first, first + length

    def _cut(
        self,
        made: Float[Tensor, "made sample"],
        real: Float[Tensor, "made sample"],
        chance: np.random.Generator,
    ) -> tuple[Float[Tensor, "made cut"], Float[Tensor, "made cut"]]:
        """Cut the same excerpt out of decoded and of true sounds."""
        length = min(round(self.choice.decoder.adversarial_sec * SAMPLE_RATE), made.shape[1])
        first = int(chance.integers(made.shape[1] - length + 1))
        first = 0 if chance.random() < _FROM_THE_START else first
        return made[:, first : first + length], real[:, first : first + length]

    def _adversarial(
        self, critic: Discriminators, made: Float[Tensor, "made cut"], real: Float[Tensor, "made cut"]
    ) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
        """Loss of the discriminators, which reaches them alone, and that of the decoder."""
        of_real, of_made = critic(real), critic(made.detach())
        learned = discriminator_loss([each.logits for each in of_real], [each.logits for each in of_made])
        with torch.no_grad():
            known = critic.frozen(real)
        heard = critic.frozen(made)
        fooled = generator_loss([each.logits for each in heard])
        matched = matching_loss([each.features for each in known], [each.features for each in heard])
        decoder = self.choice.decoder
        return learned, decoder.adversarial_weight * fooled + decoder.matching_weight * matched


def _learned(name: str) -> bool:
    """True for weights of decoders beside the frame decoder."""
    return name.startswith(("head.", "phases."))

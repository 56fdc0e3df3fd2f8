"""The later stages of a drum machine: its flow and faders, small decoders, and facts about its draws."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.config.oneshot import OneShotConfig, OneShotModelConfig
from symvae.models.flow.prior import FlowPrior
from symvae.models.oneshot.coarse_decoder import CoarseDecoder
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.models.oneshot.frame_decoder import FrameDecoder
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.build_oneshot import build_drum_prior, build_drum_vae
from symvae.system.drum_attacks import DrumAttacks
from symvae.system.drum_draws import DrumDraws
from symvae.system.drum_faders import fit_faders
from symvae.system.known_sounds import KnownSounds
from symvae.system.oneshot_artifacts import Fitted, complete_drum_machine
from symvae.training.coarse_fit import fit_coarse_decoder
from symvae.training.drum_facts import drawn_attacks, known_sounds, measured, posteriors
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.posterior_mixtures import with_mixtures
from symvae.training.run import Base, RunFolder
from symvae.training.sound_batches import SoundBatches, spread
from symvae.training.sound_variation import SoundVariation
from symvae.training.tasks.flow_matching import FlowTask
from symvae.training.tasks.oneshot_distillation import STATE as DISTILLATION_STATE
from symvae.training.tasks.oneshot_distillation import DistillationTask, Places

PRIOR_STATE = "oneshot-prior-state.pt"
#: Held-out sounds at which a small decoder is compared with its teacher.
_VALIDATION_SOUNDS = 128
#: Smallest share of new weights in the prior's average.
_PRIOR_AVERAGE = 0.005


def train_later_stages(
    config: OneShotConfig,
    model: DrumVAE,
    train: SoundBatches,
    held_out: SoundBatches,
    filters: Float[Tensor, "bin mel"],
    out: Path,
    *,
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> None:
    """Train the stages behind the network, and complete the folder of the stored model.

    Args:
        config: All choices.
        model: The stored network.
        train: Sounds to learn from.
        held_out: Sounds of other drums.
        filters: Mel filters, as in the training of the network.
        out: The run's folder.
        stop_after: End this call after this many steps of these stages.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.
    """
    settings = config.prior
    bounds = SoundVariation(
        config.objective.repitch_semitones, settings.layered, settings.equalizer_db, settings.damped_db
    )
    posterior = posteriors(model, train, settings.variations, bounds)
    drum = _classes(train)
    flow = _flow(config, posterior, drum.repeat(1 + settings.variations, 1), Base.of(out / "model"))
    run(flow, _stage(out / "prior", PRIOR_STATE), stop_after=stop_after, watch=watch, stopping=stopping)
    left = None if stop_after is None else stop_after - settings.steps
    if flow.state.step < settings.steps:
        return
    own = DiagonalGaussian(posterior.mean[: len(train)], posterior.log_std[: len(train)])
    network, sizes = model, config.model
    if config.distillation.width:
        if stopping() or (left is not None and left <= 0):
            return
        chosen = held_out.rows(spread(len(held_out), _VALIDATION_SOUNDS))
        with torch.no_grad():
            held = Places(model.encode(model.levels(chosen.wave), chosen.drum), chosen.drum)
        torch.manual_seed(config.training.seed)
        student, sounds = build_drum_vae(small_sizes(config)).decoder, Places(own, drum)
        task = DistillationTask(config, model, student, flow.average, sounds, held, filters, flow.base)
        run(
            task,
            _stage(out / "distillation", DISTILLATION_STATE),
            stop_after=left,
            watch=watch,
            stopping=stopping,
        )
        if task.state.step < config.distillation.steps:
            return
        network, sizes = with_decoder(config, model, task.average), small_sizes(config)
    faders = fit_faders(own.mean, train.sounds.drum, measured(train), train.classes)
    fitted = fit_draws(config, network, flow.average, train, held_out)
    complete_drum_machine(
        out / "model",
        dataclasses.replace(config, model=sizes),
        network,
        Fitted(flow.average, faders, *fitted),
    )


class DrawFacts(NamedTuple):
    """Facts about training sounds and draws."""

    known: KnownSounds
    coarse: CoarseDecoder
    attacks: DrumAttacks


def fit_draws(
    config: OneShotConfig, network: DrumVAE, prior: FlowPrior, train: SoundBatches, held_out: SoundBatches
) -> DrawFacts:
    """Fit what draws are compared with and corrected by.

    Args:
        config: All choices.
        network: The network with the decoder that is kept.
        prior: The flow.
        train: Training sounds.
        held_out: Sounds of other drums.

    Returns:
        The facts.
    """
    known, coarse = known_sounds(network, train, held_out), fit_coarse_decoder(network, prior, config)
    draws = DrumDraws(network, prior, known, coarse, steps=config.prior.solver_steps)
    return DrawFacts(known, coarse, drawn_attacks(draws))


def with_decoder(config: OneShotConfig, model: DrumVAE, decoder: FrameDecoder) -> DrumVAE:
    """Put a small decoder in the place of a network's own.

    Args:
        config: All choices.
        model: The network.
        decoder: The decoder, of the sizes of `small_sizes`.

    Returns:
        A network with the weights of both.
    """
    network = build_drum_vae(small_sizes(config))
    own = {name: value for name, value in model.state_dict().items() if not name.startswith("decoder.")}
    small = {f"decoder.{name}": value for name, value in decoder.state_dict().items()}
    network.load_state_dict(own | small)
    return network.eval()


def small_sizes(config: OneShotConfig) -> OneShotModelConfig:
    """Sizes of the network with its small decoder."""
    small = config.distillation
    return dataclasses.replace(
        config.model, decoder_width=small.width, decoder_hidden=small.hidden, decoder_blocks=small.blocks
    )


def _flow(
    config: OneShotConfig, posterior: DiagonalGaussian, drum: Float[Tensor, "sound class"], base: Base
) -> FlowTask:
    settings, seed = config.prior, config.training.seed
    learned = with_mixtures(posterior, drum, settings.mixtures, seed=seed)
    torch.manual_seed(seed)
    return FlowTask(
        build_drum_prior(settings, config.model.classes, config.model.latent_size),
        learned,
        attributes=drum.repeat(1 + settings.mixtures, 1),
        steps=settings.steps,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        seed=seed,
        slowest_average=_PRIOR_AVERAGE,
        clip_norm=1.0,
        evaluate_every=max(settings.steps // 4, 1),
        choice=config,
        base=base,
    )


def _classes(sounds: SoundBatches) -> Float[Tensor, "sound class"]:
    return torch.eye(sounds.classes)[torch.from_numpy(sounds.sounds.drum)]


def _stage(folder: Path, state: str) -> RunFolder:
    """The folder of a stage, which is resumed where it was started."""
    return RunFolder.open(folder, state, resume=(folder / state).exists())

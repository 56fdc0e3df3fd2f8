"""Builders of networks from a config. Bar networks are built in `symvae.system.families`."""

import functools
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from symvae.config.faders import FaderConfig
from symvae.config.model import ModelConfig
from symvae.config.objective import ObjectiveConfig
from symvae.config.prior import PriorConfig
from symvae.config.run import RunConfig
from symvae.config.sketch import SketchConfig
from symvae.errors import TrainingError
from symvae.models.faders.attribute_predictor import AttributePredictor
from symvae.models.faders.critic import Critic
from symvae.models.faders.editor import FaderEditor
from symvae.models.faders.set_predictor import SetPredictor
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import BarVelocity, PlainVelocity
from symvae.models.phrase.conductor import Conductor, Decoder, HierarchicalDecoder, ScoringDecoder
from symvae.models.phrase.encoder import BidirectionalEncoder
from symvae.models.phrase.flat_decoder import FlatDecoder
from symvae.models.phrase.part_bar_decoder import PartBarDecoder
from symvae.models.phrase.set_bar_decoder import SetBarDecoder
from symvae.models.phrase.vae import VAE
from symvae.models.sketch.sketch_vae import SketchVAE
from symvae.music.grid import Grid
from symvae.objective import schedule
from symvae.objective.faders import Faders
from symvae.system.faders.scales import Scales, measured_positions
from symvae.system.families import family
from symvae.system.part_networks import latent_parts
from symvae.tokens.tokenizer import Tokenizer


def build_grid(config: ModelConfig) -> Grid:
    """Build the grid of a model's phrases."""
    return Grid.of_metre(config.metre, config.bars)


def build_vae(config: ModelConfig) -> VAE:
    """Build a network with random weights, drawn from torch's global generator.

    Raises:
        ConfigError: The family is unknown, or z cannot be divided among its parts.
    """
    encoder = BidirectionalEncoder(
        family(config.tokenizer).bar_encoder(config),
        bars=config.bars,
        hidden_size=config.phrase_size,
        latent_size=config.latent_size,
        faders=len(config.faders),
        part_sizes=_part_sizes(config),
    )
    return VAE(encoder, build_decoder(config))


def build_faders(config: RunConfig, tokenizer: Tokenizer, scales: Scales | None) -> Faders | None:
    """Build the fader terms of the objective.

    Args:
        config: Config of the model and its objective.
        tokenizer: Tokenizer of the training music.
        scales: Calibrated scales of the faders; None for a model without faders.

    Returns:
        The terms, or None for a model without faders.
    """
    if scales is None:
        return None
    choice = config.objective
    return Faders(
        functools.partial(measured_positions, scales, tokenizer),
        choice.regularization,
        choice.regularization_weight,
    )


def build_critic(config: RunConfig) -> Critic | None:
    """Build the critic that predicts attributes, or None where the regularization needs none."""
    choice, faders = config.model, len(config.model.faders)
    if config.objective.regularization == "glsr":
        return Critic(size=choice.bars * choice.positions * choice.vocabulary_size, faders=faders)
    if config.objective.regularization == "adversarial":
        return Critic(size=choice.latent_size - faders, faders=faders)
    return None


def build_editor(config: FaderConfig, vae: VAE) -> FaderEditor:
    """Build an editor of z that changes nothing yet; it starts from the model's own unfolding.

    Raises:
        TrainingError: The model is flat: its z has no bars.
    """
    encoder, decoder = vae.encoder, vae.decoder
    if not (isinstance(encoder, BidirectionalEncoder) and isinstance(decoder, HierarchicalDecoder)):
        raise TrainingError("Faders edit the bars of z, and a flat model has none. Train a hierarchical one.")
    unfold, project = decoder.conductor.unfold.weight, encoder.project.weight
    bars = decoder.conductor.bars
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        editor = FaderEditor(
            latent=unfold.shape[1],
            bars=bars,
            code_size=len(unfold) // bars,
            faders=len(config.attributes),
            width=config.width,
            layers=config.layers,
        )
    with torch.no_grad():
        editor.unfold.weight.copy_(unfold)
        # Coordinates that attributes have for themselves are the first, and no projection of bars.
        editor.project.weight[-len(project) :] = project
    return editor


def build_attribute_predictor(config: FaderConfig, vae: VAE) -> AttributePredictor | SetPredictor:
    """Build an untrained predictor of the faders' attributes on top of the model's decoder."""
    assert isinstance(vae.decoder, HierarchicalDecoder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed + 1)
        if isinstance(vae.decoder.bar, SetBarDecoder):
            return SetPredictor(vae.decoder, attributes=len(config.attributes))
        return AttributePredictor(vae.decoder, attributes=len(config.attributes))


def build_sketch(config: SketchConfig, model: ModelConfig) -> SketchVAE:
    """Build an untrained sketch model on the grid and vocabulary of a model."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return SketchVAE(
            vocabulary_size=model.vocabulary_size,
            positions=model.positions,
            pitch_size=config.pitch_size,
            rhythm_size=config.rhythm_size,
            embedding_size=config.embedding_size,
            encoder_size=config.encoder_size,
            summary_size=config.summary_size,
            decoder_size=config.decoder_size,
            unfold_size=config.unfold_size,
            feature_size=config.feature_size,
            width=config.width,
            layers=config.layers,
            initial_std=config.initial_std,
        )


def build_decoder(config: ModelConfig) -> Decoder:
    """Build the decoder that ``config.decoder`` names."""
    if config.decoder == "flat":
        return FlatDecoder(
            vocabulary_size=config.vocabulary_size,
            bars=config.bars,
            positions=config.positions,
            latent_size=config.latent_size,
            embedding_size=config.embedding_size,
            hidden_size=config.decoder_size,
        )
    conductor = Conductor(
        latent_size=config.latent_size,
        bars=config.bars,
        hidden_size=config.conductor_size,
        code_size=config.code_size,
        faders=len(config.faders),
        part_sizes=_part_sizes(config),
    )
    bar = family(config.tokenizer).bar_decoder(config)
    scores = isinstance(bar, SetBarDecoder | PartBarDecoder)
    return (ScoringDecoder if scores else HierarchicalDecoder)(conductor, bar)


def _part_sizes(config: ModelConfig) -> list[int]:
    """As of `latent_parts`; tokenizers take time to build."""
    if not config.latent_by_part:
        return []
    return latent_parts(config, family(config.tokenizer).tokenizer(config.metre))


def build_prior(config: PriorConfig, vae: VAE, active: Bool[Tensor, " latent"], seed: int) -> FlowPrior:
    """Build an untrained prior over z; a bar-wise one starts from the model's unfolding and projection.

    Args:
        config: Config of the prior.
        vae: The trained model.
        active: Mask of the coordinates of z that the model uses.
        seed: Seed of the random weights.

    Returns:
        The prior.

    Raises:
        TrainingError: The velocity is "bars" and the model is flat: its z has no bars.
    """
    used = int(active.sum())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if config.velocity == "plain":
            plain = PlainVelocity(used, config.width, config.layers)
            return FlowPrior(active, plain, home_key=config.home_key)
        maps = bar_maps(vae, active)
        velocity = BarVelocity(
            used,
            bars=maps.bars,
            code_size=len(maps.unfold) // maps.bars,
            width=config.width,
            layers=config.layers,
            attributes=len(config.attributes),
        )
        velocity.set_maps(maps.unfold, maps.project, tied=config.tied_maps)
        return FlowPrior(active, velocity, home_key=config.home_key, conditions=config.attributes)


class BarMaps(NamedTuple):
    """Linear maps between the coordinates of z and the codes of all bars."""

    bars: int
    unfold: Float[Tensor, "codes used"]
    project: Float[Tensor, "used codes"]


@torch.no_grad()
def bar_maps(vae: VAE, active: Bool[Tensor, " latent"]) -> BarMaps:
    """Return the maps of a model between some coordinates of z and the codes of its bars.

    Args:
        vae: The model.
        active: Mask of the coordinates.

    Returns:
        The conductor's unfolding and the encoder's projection.

    Raises:
        TrainingError: The model is flat: its z has no bars.
    """
    encoder, decoder = vae.encoder, vae.decoder
    if not (isinstance(encoder, BidirectionalEncoder) and isinstance(decoder, HierarchicalDecoder)):
        raise TrainingError('A flat model has no bars in z: choose the velocity "plain".')
    unfold, project = decoder.conductor.unfold.weight, encoder.project.weight
    # Coordinates that attributes have for themselves are the first, and no projection of bars.
    project = nn.functional.pad(project, (0, 0, len(active) - len(project), 0))
    return BarMaps(decoder.conductor.bars, unfold[:, active].detach(), project[active].detach())


def beta_at(config: ObjectiveConfig, progress: float) -> float:
    """Weight of the KL divergence after a share ``progress`` of training."""
    if config.beta_schedule == "constant":
        return config.beta
    if config.beta_schedule == "cyclical":
        ramp = schedule.cyclical(progress, config.beta_until, config.beta_cycles)
    else:
        ramp = schedule.linear(progress, config.beta_until)
    return config.beta_start + (config.beta - config.beta_start) * ramp


def beta_settled(config: ObjectiveConfig, progress: float) -> bool:
    """True if the weight has reached its final value."""
    return config.beta_schedule == "constant" or progress >= config.beta_until


def sampling_rate_at(config: ObjectiveConfig, progress: float) -> float:
    """Share of the decoder's own tokens among its inputs after a share ``progress`` of training."""
    return config.sampling_rate * schedule.linear(progress, config.sampling_until)

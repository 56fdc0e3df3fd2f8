"""Builders of the networks of a drum machine of codes from its config."""

from symvae.audio.one_shot import ONSET, SAMPLES
from symvae.config.oneshot_codes import OneShotCodesConfig
from symvae.dsp.stft import Stft
from symvae.models.oneshot.code_decoder import CodeDecoder
from symvae.models.oneshot.code_encoder import CodeEncoder
from symvae.models.oneshot.code_prior import DrumCodePrior
from symvae.models.oneshot.drum_codes import DrumCodes
from symvae.nn.causal import CausalNetwork
from symvae.nn.causal_convolution import CausalConvolutions
from symvae.nn.causal_transformer import CausalTransformer
from symvae.nn.residual_vq import ResidualVQ


def positions_of(config: OneShotCodesConfig) -> int:
    """Positions of a sound: vectors that are quantized."""
    model = config.model
    frames = Stft(model.stft_size, model.hop).frames(SAMPLES)
    return -(-frames // (model.patch * config.codes.stride))


def build_drum_codes(config: OneShotCodesConfig) -> DrumCodes:
    """Build a network with random weights, drawn from torch's global generator."""
    model, codes = config.model, config.codes
    stft = Stft(model.stft_size, model.hop)
    sizes = {
        "positions": positions_of(config),
        "stride": codes.stride,
        "bins": stft.bins,
        "patch": model.patch,
        "size": codes.size,
        "condition": model.class_size,
        "width": model.width,
        "hidden": model.hidden,
        "blocks": model.blocks,
        "kernel": model.kernel,
    }
    return DrumCodes(
        CodeEncoder(**sizes),
        ResidualVQ(
            codes.size, levels=codes.levels, entries=codes.entries, decay=codes.decay, dead=codes.dead
        ),
        CodeDecoder(**sizes, frames=stft.frames(SAMPLES), summary=model.summary),
        classes=len(model.classes),
        class_size=model.class_size,
        stft=stft,
        samples=SAMPLES,
        onset=ONSET,
        phase_iterations=model.phase_iterations,
    )


def build_code_prior(config: OneShotCodesConfig) -> DrumCodePrior:
    """Build an untrained prior over codes, with weights from torch's global generator."""
    prior, codes = config.prior, config.codes
    network: CausalNetwork
    if prior.network == "convolutions":
        network = CausalConvolutions(prior.width, layers=prior.layers, dropout=prior.dropout)
    else:
        network = CausalTransformer(prior.width, layers=prior.layers, dropout=prior.dropout)
    return DrumCodePrior(
        network,
        positions=positions_of(config),
        levels=codes.levels,
        entries=codes.entries,
        classes=len(config.model.classes),
        width=prior.width,
        dropout=prior.dropout,
    )

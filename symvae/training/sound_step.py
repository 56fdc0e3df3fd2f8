"""The loss of a batch of clips: spectral distances and the bound's divergence.

    (distance of magnitudes + waveform weight · distance of sounds) + beta · max(KL − free nats, 0)

The magnitudes that the decoder names are compared first; once they are roughly right, the sound that
they make with the source's phases is compared too, at several window lengths.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.spectrogram_vae import FLOOR, SpectrogramVAE, Spectrum
from symvae.corpus.clips import Clips
from symvae.dsp.stft import log_magnitude
from symvae.objective.elbo import free_nats_kl
from symvae.objective.spectral import magnitude_distance, multi_scale_distance


class SoundLoss(NamedTuple):
    """Batch means; the divergence in nats a clip."""

    total: Float[Tensor, ""]
    magnitude: Float[Tensor, ""]
    waveform: Float[Tensor, ""]
    kl: Float[Tensor, ""]


def other_of_pair(rows: Float[Tensor, "clip *any"]) -> Float[Tensor, "clip *any"]:
    """For each clip what stands at the other one of its timbre."""
    return rows.unflatten(0, (-1, 2)).flip(1).flatten(0, 1)


def heard(
    model: SpectrogramVAE,
    spectrum: Spectrum,
    wave: Float[Tensor, "clip sample"],
    first: int,
    frames: int,
) -> tuple[Float[Tensor, "clip heard"], Float[Tensor, "clip heard"]]:
    """The sound of some frames as made and as it should be, without the ends that lack a neighbour."""
    stft = model.stft
    within, edge = slice(first, first + frames), stft.size // 2
    samples = (frames - 1) * stft.hop
    made = model.synthesize(Spectrum(*(part[:, within] for part in spectrum)), samples, first_frame=first)
    true = wave[:, first * stft.hop :][:, :samples]
    return made[:, edge:-edge], true[:, edge:-edge]


def sound_loss(
    model: SpectrogramVAE,
    clips: Clips,
    *,
    generator: torch.Generator,
    beta: float,
    free_nats: float,
    waveform_weight: float,
    waveform_frames: int,
    bf16: bool = False,
) -> SoundLoss:
    """Each clip made from its notes and the timbre of the other clip of its pair."""
    device = clips.wave.device.type
    truth = model.stft(clips.wave)
    with torch.autocast(device, dtype=torch.bfloat16, enabled=bf16):
        posterior = model.encoder(model.log_mel(truth.abs()))
        z = other_of_pair(posterior.sample(generator))
        spectrum = model.spectrum(clips.roll, clips.source, z[:, None])
    magnitude = magnitude_distance(
        spectrum.expected_magnitude().clamp(min=FLOOR).log(), log_magnitude(truth, FLOOR)
    ).total.mean()
    waveform = torch.zeros_like(magnitude)
    if waveform_weight:
        first = int(torch.randint(truth.shape[1] - waveform_frames + 1, (), generator=generator))
        wave, true = heard(model, spectrum, clips.wave, first, waveform_frames)
        waveform = multi_scale_distance(wave, true, floor=FLOOR).total.mean()
    kl_nats = posterior.kl_nats().sum(-1)
    total = magnitude + waveform_weight * waveform + beta * free_nats_kl(kl_nats, free_nats).mean()
    return SoundLoss(total, magnitude, waveform, kl_nats.mean())

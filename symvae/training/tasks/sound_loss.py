"""The loss of a batch of clips: spectral distances and the bound's divergence.

    (distance of magnitudes + waveform weight · distance of sounds) + beta · max(KL − free nats, 0)

The magnitudes that the decoder names are compared first; once they are roughly right, the sound that
they make with the source's phases is compared too, at several window lengths.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.corpus.clips import Clips
from symvae.dsp.stft import log_magnitude
from symvae.models.sound.discriminator import Discriminators
from symvae.models.sound.quantized import Quantized
from symvae.models.sound.spectrogram_vae import FLOOR, SpectrogramVAE, Spectrum
from symvae.nn.mixed import mixed
from symvae.objective.adversarial import discriminator_loss, generator_loss, matching_loss
from symvae.objective.elbo import free_nats_kl
from symvae.objective.spectral import magnitude_distance, multi_scale_distance


class SoundLoss(NamedTuple):
    """Batch means; the divergence in nats a clip."""

    total: Float[Tensor, ""]
    magnitude: Float[Tensor, ""]
    waveform: Float[Tensor, ""]
    kl: Float[Tensor, ""]
    commitment: Float[Tensor, ""] | None = None
    """Of an encoder that rounds, to what it rounds to."""
    adversarial: Float[Tensor, ""] | None = None
    matching: Float[Tensor, ""] | None = None
    discriminators: Float[Tensor, ""] | None = None
    """What the discriminators of the sound minimize; in the total, but no gradient of it reaches the model."""


def of_others(
    wave: Float[Tensor, "clip sample"], alike: int, generator: torch.Generator
) -> Float[Tensor, "clip sample"]:
    """For each clip, some of the other clips of its timbre at once: one part, or several."""
    groups = wave.unflatten(0, (-1, alike))
    chosen = torch.rand(len(groups), alike, alike, generator=generator, device=wave.device)
    chosen.diagonal(dim1=1, dim2=2).fill_(-1)
    among = (chosen > torch.rand(len(groups), alike, 1, generator=generator, device=wave.device)) | (
        chosen == chosen.amax(-1, keepdim=True)
    )
    return (among.to(wave) @ groups).flatten(0, 1)


def heard(
    model: SpectrogramVAE,
    spectrum: Spectrum,
    wave: Float[Tensor, "clip sample"],
    first: int,
    frames: int,
) -> tuple[Float[Tensor, "clip heard"], Float[Tensor, "clip heard"]]:
    """The sound of some frames as made and as it should be, without the ends that lack a neighbor."""
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
    alike: int,
    bf16: bool = False,
    discriminators: Discriminators | None = None,
    adversarial_weight: float = 0.0,
    matching_weight: float = 0.0,
) -> SoundLoss:
    """Each clip made from its notes and the timbre of others, of which ``alike`` in a row have one."""
    device = clips.wave.device.type
    truth = model.stft(clips.wave)
    with mixed(device, bf16):
        posterior = model.encode(of_others(clips.wave, alike, generator))
        spectrum = model.spectrum(clips.roll, clips.source, posterior.sample(generator)[:, None])
    magnitude = magnitude_distance(spectrum.log_magnitude(FLOOR), log_magnitude(truth, FLOOR)).total.mean()
    waveform = torch.zeros_like(magnitude)
    if waveform_weight:
        chance = torch.rand((), generator=generator, device=clips.wave.device)
        first = int(chance * (truth.shape[1] - waveform_frames + 1))
        wave, true = heard(model, spectrum, clips.wave, first, waveform_frames)
        waveform = multi_scale_distance(wave, true, floor=FLOOR).total.mean()
    kl_nats = posterior.kl_nats().sum(-1)
    total = magnitude + waveform_weight * waveform + beta * free_nats_kl(kl_nats, free_nats).mean()
    loss = SoundLoss(total, magnitude, waveform, kl_nats.mean())
    if isinstance(posterior, Quantized):
        loss = loss._replace(total=loss.total + posterior.commitment, commitment=posterior.commitment)
    if discriminators is not None:
        adversarial, matching, own = _judged(discriminators, wave, true)
        loss = loss._replace(
            total=loss.total + adversarial_weight * adversarial + matching_weight * matching + own,
            adversarial=adversarial,
            matching=matching,
            discriminators=own,
        )
    return loss


def _judged(
    discriminators: Discriminators, made: Float[Tensor, "clip heard"], true: Float[Tensor, "clip heard"]
) -> tuple[Float[Tensor, ""], Float[Tensor, ""], Float[Tensor, ""]]:
    """What the maker wants of the discriminators' logits and of what they see, and what the discriminators want."""
    seen, real, learning = discriminators.frozen(made), discriminators(true), discriminators(made.detach())
    real_features = [[layer.detach() for layer in judgment.features] for judgment in real]
    return (
        generator_loss([judgment.logits for judgment in seen]),
        matching_loss(real_features, [judgment.features for judgment in seen]),
        discriminator_loss([each.logits for each in real], [each.logits for each in learning]),
    )

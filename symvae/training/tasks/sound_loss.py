"""The loss of the synthesizer on a batch of clips: spectral distances and KL divergence.

    (distance of magnitudes + waveform weight · distance of waveforms) + beta · max(KL − free nats, 0)

The distance of waveforms is that of magnitudes in several windows and, weighted, that of levels in bands and
that of envelopes. The mean difference of log magnitudes is smallest at the median of what the decoder is
unsure of, which lies below its mean power, so by itself it darkens sounds; levels in bands do not.

The magnitudes that the decoder predicts are compared from the start; once they are roughly right, so is the
waveform synthesized from them with the source's phases, at several window lengths.
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
from symvae.objective.envelope import envelope_distance
from symvae.objective.spectral import band_distance, magnitude_distance, multi_scale_distance


class SoundLoss(NamedTuple):
    """Batch means of the loss and its terms."""

    total: Float[Tensor, ""]
    magnitude: Float[Tensor, ""]
    waveform: Float[Tensor, ""]
    kl: Float[Tensor, ""]
    """In nats per clip."""
    commitment: Float[Tensor, ""] | None = None
    """Distance of a quantizing encoder from the entries that it is rounded to."""
    adversarial: Float[Tensor, ""] | None = None
    matching: Float[Tensor, ""] | None = None
    """Distance of the discriminators' features."""
    discriminators: Float[Tensor, ""] | None = None
    """Loss of the discriminators; part of the total, but no gradient of it reaches the model."""


def companions(
    wave: Float[Tensor, "clip sample"], alike: int, generator: torch.Generator
) -> Float[Tensor, "clip sample"]:
    """Mix, for each clip, one or several of the other clips of its timbre.

    The encoder gets the mix in place of the clip, so that z cannot encode the clip's own notes.

    Args:
        wave: Clips, ``alike`` in a row of one timbre.
        alike: Clips of one timbre; at least 2.
        generator: Source of the choice.

    Returns:
        The sum of the chosen clips.
    """
    groups = wave.unflatten(0, (-1, alike))
    score = torch.rand(len(groups), alike, alike, generator=generator, device=wave.device)
    score.diagonal(dim1=1, dim2=2).fill_(-1)
    chosen = (score > torch.rand(len(groups), alike, 1, generator=generator, device=wave.device)) | (
        score == score.amax(-1, keepdim=True)
    )
    return (chosen.to(wave) @ groups).flatten(0, 1)


def waveforms(
    model: SpectrogramVAE,
    spectrum: Spectrum,
    wave: Float[Tensor, "clip sample"],
    first: int,
    frames: int,
) -> tuple[Float[Tensor, "clip excerpt"], Float[Tensor, "clip excerpt"]]:
    """Cut an excerpt out of prediction and reference, without the ends that lack a neighboring frame.

    Args:
        model: The synthesizer.
        spectrum: Its prediction.
        wave: The reference.
        first: First frame of the excerpt.
        frames: Frames of the excerpt.

    Returns:
        The predicted waveform and the reference.
    """
    stft = model.stft
    within, edge = slice(first, first + frames), stft.size // 2
    samples = (frames - 1) * stft.hop
    excerpt = Spectrum(*(part[:, within] for part in spectrum))
    predicted = model.synthesize(excerpt, samples, first_frame=first)
    reference = wave[:, first * stft.hop :][:, :samples]
    return predicted[:, edge:-edge], reference[:, edge:-edge]


def sound_loss(
    model: SpectrogramVAE,
    clips: Clips,
    *,
    generator: torch.Generator,
    beta: float,
    free_nats: float,
    waveform_weight: float,
    band_weight: float = 0.0,
    envelope_weight: float = 0.0,
    waveform_frames: int,
    alike: int,
    bf16: bool = False,
    discriminators: Discriminators | None = None,
    adversarial_weight: float = 0.0,
    matching_weight: float = 0.0,
) -> SoundLoss:
    """Loss of reconstructing each clip from its notes and the timbre of other clips.

    Args:
        model: The synthesizer.
        clips: Notes and sound.
        generator: Source of companions, of the posterior's noise and of the excerpt.
        beta: Weight of the KL divergence.
        free_nats: KL divergence per clip, in nats, that costs nothing.
        waveform_weight: Weight of the distance of waveforms; 0 computes none.
        band_weight: Weight of the distance of levels in bands, within that of waveforms.
        envelope_weight: Weight of the distance of envelopes, within that of waveforms.
        waveform_frames: Frames of the excerpt that is compared as a waveform.
        alike: Clips in a row of one timbre.
        bf16: Compute the networks in bfloat16 where the processor has it.
        discriminators: The second stage's discriminators; they need a ``waveform_weight``.
        adversarial_weight: Weight of the generator's adversarial loss.
        matching_weight: Weight of the feature matching.

    Returns:
        The loss and its terms.
    """
    device = clips.wave.device.type
    truth = model.stft(clips.wave)
    with mixed(device, bf16):
        posterior = model.encode(companions(clips.wave, alike, generator))
        spectrum = model.spectrum(clips.roll, clips.source, posterior.sample(generator)[:, None])
    magnitude = magnitude_distance(spectrum.log_magnitude(FLOOR), log_magnitude(truth, FLOOR)).total.mean()
    waveform = torch.zeros_like(magnitude)
    if waveform_weight:
        chance = torch.rand((), generator=generator, device=clips.wave.device)
        first = int(chance * (truth.shape[1] - waveform_frames + 1))
        predicted, reference = waveforms(model, spectrum, clips.wave, first, waveform_frames)
        waveform = multi_scale_distance(predicted, reference, floor=FLOOR).total.mean()
        if band_weight:
            waveform = waveform + band_weight * band_distance(predicted, reference, model.sample_rate).mean()
        if envelope_weight:
            waveform = waveform + envelope_weight * envelope_distance(predicted, reference).mean()
    kl_nats = posterior.kl_nats().sum(-1)
    total = magnitude + waveform_weight * waveform + beta * free_nats_kl(kl_nats, free_nats).mean()
    loss = SoundLoss(total, magnitude, waveform, kl_nats.mean())
    if isinstance(posterior, Quantized):
        loss = loss._replace(total=loss.total + posterior.commitment, commitment=posterior.commitment)
    if discriminators is not None:
        adversarial, matching, discriminating = _adversarial(discriminators, predicted, reference)
        loss = loss._replace(
            total=loss.total + adversarial_weight * adversarial + matching_weight * matching + discriminating,
            adversarial=adversarial,
            matching=matching,
            discriminators=discriminating,
        )
    return loss


def _adversarial(
    discriminators: Discriminators,
    predicted: Float[Tensor, "clip excerpt"],
    reference: Float[Tensor, "clip excerpt"],
) -> tuple[Float[Tensor, ""], Float[Tensor, ""], Float[Tensor, ""]]:
    """The generator's loss, the feature matching and the discriminators' own loss."""
    frozen, detached = discriminators.frozen(predicted), discriminators(predicted.detach())
    real = discriminators(reference)
    real_features = [[layer.detach() for layer in each.features] for each in real]
    return (
        generator_loss([each.logits for each in frozen]),
        matching_loss(real_features, [each.features for each in frozen]),
        discriminator_loss([each.logits for each in real], [each.logits for each in detached]),
    )

"""Autoregressive decoder of a VAE: samples one after the other, given z, the class and all samples before.

Dilated causal convolutions (WaveNet, van den Oord et al. 2016, arXiv 1609.03499) as the decoder of an
autoencoder, as in NSynth (Engel et al. 2017, arXiv 1704.01279). A step draws two companded samples from a
mixture of logistics, the second given the first (Salimans et al. 2017, arXiv 1701.05517), so a sound takes
half as many steps. A step reads its frame, which unfolds from z, and a cache of the past (Paine et al. 2016,
arXiv 1611.09482).
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from symvae.dsp.mu_law import compress, expand
from symvae.dsp.resample import resampled
from symvae.models.oneshot.hit_frames import HitFrames, Unfolded
from symvae.nn.causal_convolution import CausalConvolutions
from symvae.nn.logistic_mixture import PARAMETERS, Bins, LogisticMixture

#: Steps of a frame, and bins of a companded sample; the middle one is silence.
FRAME = 64
_BINS = Bins(1025)
#: Samples of a step.
_PAIR = 2


class WaveNetHead(nn.Module):
    """Pairs of samples, each given those before it.

    Args:
        latent_size: Coordinates of z.
        condition: Width of the class's embedding.
        summary: Units between z and all frames.
        width: Channels of frames and convolutions.
        layers: Gated convolutions.
        cycle: Layers after which dilations begin again at 1.
        components: Logistics in the mixture.
        sample_rate: Own rate in Hz.
        machine_rate: Rate of the sounds that are given and made.
        samples: Length of these.
    """

    def __init__(
        self,
        *,
        latent_size: int,
        condition: int,
        summary: int,
        width: int,
        layers: int,
        cycle: int,
        components: int,
        sample_rate: int,
        machine_rate: int,
        samples: int,
    ) -> None:
        super().__init__()
        self.sample_rate, self.machine_rate, self.samples = sample_rate, machine_rate, samples
        length = -(-samples * sample_rate // machine_rate)
        self.steps = -(-length // _PAIR)
        self.frames = HitFrames(
            frames=-(-self.steps // FRAME),
            latent_size=latent_size,
            condition=condition,
            summary=summary,
            code=max(width // 4, 1),
            width=width,
        )
        self.enter = nn.Linear(_PAIR, width)
        self.condition = nn.Linear(summary, width)
        self.network = CausalConvolutions(width, layers=layers, cycle=cycle)
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, PARAMETERS * components)

    @property
    def reach(self) -> int:
        """Steps before its own that a step depends on."""
        return self.network.reach

    def pairs(self, wave: Float[Tensor, "batch sample"]) -> Int[Tensor, "batch step 2"]:
        """Bins of companded samples at the decoder's own rate."""
        own = torch.from_numpy(resampled(wave.cpu().numpy(), self.machine_rate, self.sample_rate))
        own = own.clamp(-1, 1)[:, : _PAIR * self.steps]
        own = functional.pad(own, (0, _PAIR * self.steps - own.shape[1]))
        return _BINS.nearest(compress(own)).unflatten(1, (-1, _PAIR)).to(wave.device)

    def forward(
        self,
        pairs: Int[Tensor, "batch step 2"],
        z: Float[Tensor, "batch latent"],
        condition: Float[Tensor, "batch condition"],
        first: int = 0,
        last: int | None = None,
    ) -> Float[Tensor, "batch counted"]:
        """Negative log-likelihood of pairs given all before them, in nats.

        Args:
            pairs: All pairs of the sounds.
            z: Latents.
            condition: Embeddings of their classes.
            first: First step that counts.
            last: The step behind the last one; None for all.

        Returns:
            Nats of each step that counts.
        """
        counted = pairs[:, first:last]
        return -self.mixture(pairs, z, condition, first, last).log_prob(counted[..., 0], counted[..., 1])

    def mixture(
        self,
        pairs: Int[Tensor, "batch step 2"],
        z: Float[Tensor, "batch latent"],
        condition: Float[Tensor, "batch condition"],
        first: int = 0,
        last: int | None = None,
    ) -> LogisticMixture:
        """Distribution of each pair given all before it; those from its own on are not read.

        Args:
            pairs: All pairs of the sounds.
            z: Latents.
            condition: Embeddings of their classes.
            first: First step of the result.
            last: The step behind the last one; None for all.

        Returns:
            The distributions of these steps.
        """
        start, last = max(first - self.reach, 0), self.steps if last is None else last
        unfolded = self.frames(z, condition)
        before = functional.pad(_BINS.center(pairs), (0, 0, 1, 0))[:, start:last]
        steps = torch.arange(start, last, device=z.device) // FRAME
        x = self.enter(before) + unfolded.frames[:, steps]
        return self._mixture(self.network(x, self.condition(unfolded.summary))[:, first - start :])

    @torch.no_grad()
    def draw(
        self,
        z: Float[Tensor, "batch latent"],
        condition: Float[Tensor, "batch condition"],
        generator: torch.Generator,
        *,
        temperature: float = 1.0,
        steps: int | None = None,
    ) -> Int[Tensor, "batch drawn 2"]:
        """Draw pairs one after the other, from a cache.

        Args:
            z: Latents.
            condition: Embeddings of their classes.
            generator: Source of the draws, on the CPU.
            temperature: 0 takes the middle of the likeliest component.
            steps: Number of pairs; None for a whole sound.

        Returns:
            Bins of the companded samples.
        """
        unfolded: Unfolded = self.frames(z, condition)
        whole = self.condition(unfolded.summary)
        cache, drawn = self.network.start(len(z)), []
        before = z.new_zeros(len(z), _PAIR)
        for step in range(self.steps if steps is None else steps):
            x = self.enter(before) + unfolded.frames[:, step // FRAME]
            y, cache = self.network.step(x, whole, cache)
            pair = torch.stack(self._mixture(y).sample(generator, temperature), -1)
            before = _BINS.center(pair)
            drawn.append(pair)
        return torch.stack(drawn, 1)

    def synthesize(
        self,
        z: Float[Tensor, "batch latent"],
        condition: Float[Tensor, "batch condition"],
        generator: torch.Generator,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize sounds at the machine's rate.

        Args:
            z: Latents.
            condition: Embeddings of their classes.
            generator: Source of the draws, on the CPU.

        Returns:
            Samples.
        """
        own = expand(_BINS.center(self.draw(z, condition, generator))).flatten(1)
        wave = torch.from_numpy(resampled(own.cpu().numpy(), self.sample_rate, self.machine_rate))
        return functional.pad(wave[:, : self.samples], (0, max(self.samples - wave.shape[1], 0))).to(z.device)

    def _mixture(self, y: Float[Tensor, "*any width"]) -> LogisticMixture:
        return LogisticMixture(self.leave(functional.gelu(self.norm(y))), _BINS, _BINS)

"""Ways between one-shot sounds and the log magnitudes that networks of them model.

A network models magnitudes alone. Of a struck sound the ear knows no more: its phases are those of an
impulse at the onset, then noise (`symvae.dsp.struck`). Magnitudes are not reduced to mel bands, because
inverting these alone costs 12 dB.

A class is given as weights over all classes, one of them 1; a path between classes blends them.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.dsp.stft import Stft, log_magnitude
from symvae.dsp.struck import struck

#: Magnitude of silence: 88 dB below that of a full-scale sine in a window of 1024 samples.
FLOOR = 1e-2
#: Nepers of log magnitude that are 1 for the network.
_SCALE = 3.0
#: Nepers above the floor below which a decoded magnitude fades to silence.
_GATE = 0.7
_LEAST = float(torch.tensor(FLOOR).log())
#: Log magnitude of a sine of four times full scale: no sound with a peak of 1 has more.
_MOST = 7.0


class DrumNetwork(nn.Module):
    """The parts that all networks of one-shot sounds share: transform, scale and phases.

    Args:
        stft: the transform.
        samples: length of a sound.
        onset: sample at which every sound starts.
        phase_iterations: projections that improve the phases.
    """

    mean_level: Tensor
    """Mean log magnitude of each bin over training sounds."""

    def __init__(self, *, stft: Stft, samples: int, onset: int, phase_iterations: int) -> None:
        super().__init__()
        self.stft, self.samples, self.onset = stft, samples, onset
        self.phase_iterations = phase_iterations
        self.register_buffer("mean_level", torch.zeros(stft.bins))

    def levels(self, wave: Float[Tensor, "batch sample"]) -> Float[Tensor, "batch frame bin"]:
        """Log magnitudes of sounds, at least that of `FLOOR`."""
        return log_magnitude(self.stft(wave), FLOOR)

    def normalize(self, levels: Float[Tensor, "batch frame bin"]) -> Float[Tensor, "batch frame bin"]:
        """Log magnitudes on the scale of the network."""
        return (levels - self.mean_level) / _SCALE

    def denormalize(self, output: Float[Tensor, "batch frame bin"]) -> Float[Tensor, "batch frame bin"]:
        """Log magnitudes from the scale of the network."""
        return torch.add(self.mean_level, output.float(), alpha=_SCALE)

    def magnitudes(self, levels: Float[Tensor, "batch frame bin"]) -> Float[Tensor, "batch frame bin"]:
        """Magnitudes of log magnitudes, which fade to nothing near the floor."""
        above = torch.sub(levels, _LEAST).div_(_GATE).clamp_(0, 1)
        return above.mul_(levels.clamp(max=_MOST).exp_())

    def wave(
        self,
        levels: Float[Tensor, "batch frame bin"],
        generator: torch.Generator,
        iterations: int | None = None,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize sounds with a peak of 1 from log magnitudes.

        Args:
            levels: log magnitudes.
            generator: source of the noise in the phases, on the CPU.
            iterations: projections; None for those of the model.

        Returns:
            Samples; silence stays silence.
        """
        return self.finished(self.with_phases(self.magnitudes(levels), generator, iterations))

    def with_phases(
        self,
        magnitude: Float[Tensor, "batch frame bin"],
        generator: torch.Generator,
        iterations: int | None = None,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize magnitudes with phases of an impulse, then noise.

        Args:
            magnitude: The magnitudes.
            generator: Source of the noise, on the CPU.
            iterations: Projections; None for those of the model.

        Returns:
            Samples at any level.
        """
        return struck(
            magnitude,
            self.stft,
            self.samples,
            onset=self.onset,
            iterations=self.phase_iterations if iterations is None else iterations,
            generator=generator,
        )

    def finished(self, wave: Float[Tensor, "batch sample"]) -> Float[Tensor, "batch sample"]:
        """Sounds with a peak of 1, and silence before the onset, where there is nothing to hear."""
        silent = self.onset // 2
        wave = wave[:, silent:]
        return functional.pad(wave / wave.abs().amax(1, keepdim=True).clamp(min=1e-6), (silent, 0))


def class_embedding(classes: int, size: int) -> nn.Linear:
    """Embedding of weights over classes, which blends those of several."""
    embed = nn.Linear(classes, size, bias=False)
    nn.init.normal_(embed.weight)
    return embed


class LevelDistance(NamedTuple):
    """Distances of decoded from true sounds."""

    levels: Float[Tensor, " batch"]
    """Mean absolute difference of log magnitudes, in nepers."""
    mel: Float[Tensor, " batch"]
    """Mean absolute difference of log magnitudes on mel bands, in nepers."""


def level_distance(
    decoded: Float[Tensor, "batch frame bin"],
    levels: Float[Tensor, "batch frame bin"],
    filters: Float[Tensor, "bin mel"],
) -> LevelDistance:
    """Compare decoded log magnitudes with true ones.

    Args:
        decoded: log magnitudes of a network.
        levels: true log magnitudes.
        filters: mel filters for the second distance.

    Returns:
        The distances.
    """
    # A level below the floor is silence, whatever its number.
    decoded = torch.maximum(decoded, torch.full_like(decoded, _LEAST))
    mel = mel_levels(decoded, filters) - mel_levels(levels, filters)
    return LevelDistance((decoded - levels).abs().mean((1, 2)), mel.abs().mean((1, 2)))


def mel_levels(
    levels: Float[Tensor, "batch frame bin"], filters: Float[Tensor, "bin mel"]
) -> Float[Tensor, "batch frame mel"]:
    """Log magnitudes of mel bands, each the weighted mean of its bins."""
    return mel_levels_of(levels.clamp(max=_MOST).exp(), filters)


def mel_levels_of(
    magnitudes: Float[Tensor, "batch frame bin"], filters: Float[Tensor, "bin mel"]
) -> Float[Tensor, "batch frame mel"]:
    """Log magnitudes of mel bands from magnitudes."""
    return ((magnitudes @ filters) + FLOOR).log()

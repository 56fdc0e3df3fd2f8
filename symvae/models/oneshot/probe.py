"""Probe that hears the class of a one-shot sound, and whose hidden units are a space to compare sounds in."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

#: Frames and bands that a spectrogram is averaged to.
_FRAMES, _BANDS = 20, 40


class DrumProbe(nn.Module):
    """Logits of the class of a sound, from its coarse mel spectrogram.

    Args:
        classes: number of classes.
        hidden: units of the embedding.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, classes: int, hidden: int = 32) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(_FRAMES * _BANDS))
        self.register_buffer("std", torch.ones(_FRAMES * _BANDS))
        self.enter = nn.Linear(_FRAMES * _BANDS, 4 * hidden)
        self.embed_layer = nn.Linear(4 * hidden, hidden)
        self.leave = nn.Linear(hidden, classes)
        self.drop = nn.Dropout(0.3)

    def standardize(self, mel: Float[Tensor, "sound frame mel"]) -> None:
        """Set the scale of the inputs by training sounds."""
        coarse = _coarse(mel)
        self.mean.copy_(coarse.mean(0))
        self.std.copy_(coarse.std(0).clamp(min=0.1))

    def embed(self, mel: Float[Tensor, "sound frame mel"]) -> Float[Tensor, "sound hidden"]:
        """Hidden units of some sounds."""
        coarse = (_coarse(mel) - self.mean) / self.std
        return torch.tanh(self.embed_layer(self.drop(functional.gelu(self.enter(self.drop(coarse))))))

    def forward(self, mel: Float[Tensor, "sound frame mel"]) -> Float[Tensor, "sound class"]:
        return self.leave(self.embed(mel))


def _coarse(mel: Float[Tensor, "sound frame mel"]) -> Float[Tensor, "sound value"]:
    return functional.adaptive_avg_pool2d(mel[:, None], (_FRAMES, _BANDS)).flatten(1)

"""Context of each step of a phrase: a BiLSTM over all steps, under style and tempo."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.models.groove.cells import Condition

#: Tempo of the middle of the scale, in quarter notes a minute.
_MIDDLE_QPM = 110.0


class ConditionEmbedding(nn.Module):
    """Embedding of style and tempo.

    Args:
        styles: known styles; one more stands for an unknown style.
        size: width of the embedding.
    """

    def __init__(self, styles: int, size: int) -> None:
        super().__init__()
        self.style = nn.Embedding(styles + 1, size)
        self.tempo = nn.Linear(2, size)

    def forward(self, condition: Condition) -> Float[Tensor, "batch condition"]:
        log_tempo = (condition.tempo_qpm / _MIDDLE_QPM).log2()
        tempo = self.tempo(torch.stack([log_tempo, log_tempo.square()], -1))
        return torch.tanh(self.style(condition.style) + tempo)


class StepContext(nn.Module):
    """BiLSTM over the steps of a phrase.

    Args:
        in_size: features of a step.
        steps_per_bar: steps of a bar, which have an embedding each.
        condition_size: width of the embedding of style and tempo.
        size: units of each direction.
        dropout: share of its outputs that training leaves out.
    """

    def __init__(
        self, in_size: int, *, steps_per_bar: int, condition_size: int, size: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.place = nn.Parameter(0.1 * torch.randn(steps_per_bar, 16))
        self.lstm = nn.LSTM(in_size + 16 + condition_size, size, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(dropout)
        self.out_size = 2 * size

    def forward(
        self, steps: Float[Tensor, "batch step feature"], condition: Float[Tensor, "batch condition"]
    ) -> Float[Tensor, "batch step context"]:
        count = steps.shape[1]
        place = self.place.repeat(count // len(self.place), 1).expand(len(steps), -1, -1)
        return self.dropout(
            self.lstm(torch.cat([steps, place, condition[:, None].expand(-1, count, -1)], -1))[0]
        )


class Summary(nn.Module):
    """Gaussian over z from the context of all steps.

    Args:
        in_size: width of the context.
        latent_size: coordinates of z.
    """

    def __init__(self, in_size: int, latent_size: int) -> None:
        super().__init__()
        self.gaussian = nn.Linear(2 * in_size, 2 * latent_size)
        nn.init.zeros_(self.gaussian.bias)
        with torch.no_grad():
            self.gaussian.weight.mul_(0.3)

    def forward(
        self, context: Float[Tensor, "batch step context"]
    ) -> tuple[Float[Tensor, "batch latent"], Float[Tensor, "batch latent"]]:
        """Return means and log standard deviations."""
        mean, log_std = self.gaussian(torch.cat([context.mean(1), context.amax(1)], -1)).chunk(2, -1)
        return mean, log_std.clamp(-6, 2)

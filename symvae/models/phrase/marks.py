"""Two marks of each member of a set: the first from the member, the second given the first."""

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import gelu

from symvae.nn.residual import ResidualBlock


class Marks(nn.Module):
    """Logits of the two marks of members, the second given the first.

    Args:
        keys: number of keys.
        marks: values of the first and of the second mark.
        feature_size: width of the feature of a step.
        hidden_size: width of the layers.
    """

    def __init__(self, *, keys: int, marks: tuple[int, int], feature_size: int, hidden_size: int) -> None:
        super().__init__()
        first, second = marks
        self.feature = nn.Linear(feature_size, hidden_size)
        self.key = nn.Embedding(keys, hidden_size)
        self.block = ResidualBlock(hidden_size, hidden_size)
        self.first = nn.Linear(hidden_size, first)
        # The row after the last embeds a hidden mark.
        self.given = nn.Embedding(first + 1, hidden_size)
        self.second = nn.Linear(hidden_size, second)

    def states(
        self,
        feature: Float[Tensor, "row step feature"],
        row: Int[Tensor, " member"],
        step: Int[Tensor, " member"],
        key: Int[Tensor, " member"],
    ) -> Float[Tensor, "member hidden"]:
        """Return the states of members, from which their marks follow.

        Args:
            feature: features of all steps.
            row: row of each member.
            step: its step.
            key: its key.

        Returns:
            Hidden states.
        """
        return self.block(gelu(self.feature(feature)[row, step] + self.key(key)))

    def second_logits(
        self, states: Float[Tensor, "member hidden"], first: Int[Tensor, " member"]
    ) -> Float[Tensor, "member second"]:
        """Return the logits of the second mark, given the first."""
        return self.second(gelu(states + self.given(first)))

"""Code of a bar → features of its steps, through residual blocks."""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from symvae.nn.residual import ResidualBlock


class Unfold(nn.Module):
    """Code of a bar → features of its steps, laid out in one row.

    Args:
        code_size: width of a code.
        hidden_size: width of the layers over the bar.
        steps: steps of a bar.
        feature_size: width of the feature of a step.
    """

    def __init__(self, *, code_size: int, hidden_size: int, steps: int, feature_size: int) -> None:
        super().__init__()
        self.steps = steps
        self.first = nn.Linear(code_size, hidden_size)
        self.block = ResidualBlock(hidden_size, hidden_size)
        self.last = nn.Linear(hidden_size, steps * feature_size)
        self.step = ResidualBlock(feature_size, 2 * feature_size)
        self.norm = nn.LayerNorm(feature_size)

    def bar(self, code: Float[Tensor, "row code"]) -> Float[Tensor, "row hidden"]:
        """Return the state of the bar, before it is laid out in steps."""
        return gelu(self.block(self.first(code)))

    def lay_out(self, bar: Float[Tensor, "row hidden"]) -> Float[Tensor, "row step feature"]:
        """Return the features of the steps."""
        steps = self.last(bar).view(len(bar), self.steps, -1)
        return self.norm(self.step(steps))

    def forward(self, code: Float[Tensor, "row code"]) -> Float[Tensor, "row step_and_feature"]:
        return self.lay_out(self.bar(code)).flatten(1)

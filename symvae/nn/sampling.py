"""Choice of a token from logits: greedy, the median, with a temperature, or from the nucleus.

Nucleus (top-p) sampling: Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020
(arXiv 1904.09751).
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def choose(
    logits: Float[Tensor, "batch vocabulary"],
    temperature: float = 0.0,
    top_p: float = 1.0,
    generator: torch.Generator | None = None,
) -> Int[Tensor, " batch"]:
    """Choose one id for each row.

    Args:
        logits: unnormalized log probabilities.
        temperature: 0 takes the most likely id, 1 draws from the distribution.
        top_p: draw from the smallest set of ids with this total probability.
        generator: source of the draws; on another device than the logits, the draw happens there.

    Returns:
        Ids.
    """
    if temperature <= 0:
        return logits.argmax(-1)
    probability = (logits.float() / temperature).softmax(-1)
    if top_p < 1:
        ordered, index = probability.sort(descending=True)
        before = ordered.cumsum(-1) - ordered  # 0 for the most likely id, so one id always stays
        probability = torch.zeros_like(probability).scatter(
            -1, index, ordered.masked_fill(before >= top_p, 0)
        )
    if generator is not None:  # a generator of the CPU draws the same for every device
        probability = probability.to(generator.device)
    return torch.multinomial(probability, 1, generator=generator).squeeze(-1).to(logits.device)


def median(logits: Float[Tensor, "batch vocabulary"]) -> Int[Tensor, " batch"]:
    """Median id of each row, for ids in the order of what they stand for: the least expected distance."""
    return (logits.float().softmax(-1).cumsum(-1) < 0.5).sum(-1).clamp(max=logits.shape[-1] - 1)

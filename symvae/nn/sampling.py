"""From logits to a choice: greedy, tempered, or from the nucleus.

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
    """One id a row. Temperature 0 takes the likeliest; ``top_p`` keeps the smallest set of ids that
    holds that much probability."""
    if temperature <= 0:
        return logits.argmax(-1)
    probability = (logits.float() / temperature).softmax(-1)
    if top_p < 1:
        ordered, index = probability.sort(descending=True)
        before = ordered.cumsum(-1) - ordered  # the likeliest id has nothing before it, so one always stays
        probability = torch.zeros_like(probability).scatter(
            -1, index, ordered.masked_fill(before >= top_p, 0)
        )
    if generator is not None:  # the same seed draws the same on every device
        probability = probability.to(generator.device)
    return torch.multinomial(probability, 1, generator=generator).squeeze(-1).to(logits.device)

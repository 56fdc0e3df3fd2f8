"""One phrase from several decodes: each bar from the decode that brings the whole nearest to what is asked.

The conductor decodes bars side by side, so bars of two decodes of like latents go together. Eight decodes
of four bars are 4,096 phrases; starting from the best decode, bar after bar is exchanged for as long as
anything gains (coordinate descent), which looks at about a hundred of them.

It handles ids and is told what they cost.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

#: Ids, and which of the phrases asked for each is a try at → how far each is from what was asked.
Cost = Callable[
    [Int[Tensor, "try bar position"], Int[Tensor, " try"]],
    Float[Tensor, " try"],
]
#: An exchange has to gain more than this.
LEAST_GAIN = 1e-4


def search_bars(
    candidates: Sequence[Int[Tensor, "phrase bar position"]], cost: Cost
) -> Int[Tensor, "phrase bar position"]:
    """The cheapest that was found for each phrase; never dearer than its best candidate."""
    every = torch.arange(len(candidates[0]))
    costs = torch.stack([cost(ids, every) for ids in candidates])
    best = torch.stack(list(candidates))[costs.argmin(0), every]
    least = costs.amin(0)
    gained = torch.ones(len(every), dtype=torch.bool)
    while gained.any():
        rows = every[gained]
        gained = torch.zeros_like(gained)
        for bar in range(best.shape[1]):
            for candidate in candidates:
                tries = best[rows].clone()
                tries[:, bar] = candidate[rows, bar]
                other = (tries != best[rows]).flatten(1).any(1)
                if not other.any():
                    continue
                tries, of = tries[other], rows[other]
                costs = cost(tries, of)
                better = costs < least[of] - LEAST_GAIN
                best[of[better]], least[of[better]] = tries[better], costs[better]
                gained[of[better]] = True
    return best

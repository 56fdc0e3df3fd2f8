"""Search over bars: combine several decodes, bar by bar, into the phrase of least cost.

The conductor decodes bars in parallel, so bars of decodes of similar latents can be combined. Eight decodes
of four bars allow 4,096 phrases; coordinate descent from the best decode, one bar at a time while the cost
falls, evaluates about a hundred of them.

It handles ids; the cost is an argument.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

#: Ids of candidates, and for each the row of its phrase → cost.
Cost = Callable[
    [Int[Tensor, "candidate bar position"], Int[Tensor, " candidate"]],
    Float[Tensor, " candidate"],
]
#: Least decrease of the cost that an exchange must bring.
LEAST_GAIN = 1e-4


def search_bars(
    candidates: Sequence[Int[Tensor, "phrase bar position"]], cost: Cost
) -> Int[Tensor, "phrase bar position"]:
    """Return the best combination found for each phrase; its cost is at most that of the best candidate."""
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
                exchanged = best[rows].clone()
                exchanged[:, bar] = candidate[rows, bar]
                new = (exchanged != best[rows]).flatten(1).any(1)
                if not new.any():
                    continue
                exchanged, row = exchanged[new], rows[new]
                costs = cost(exchanged, row)
                better = costs < least[row] - LEAST_GAIN
                best[row[better]], least[row[better]] = exchanged[better], costs[better]
                gained[row[better]] = True
    return best

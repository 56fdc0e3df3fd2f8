"""Refinement of tokens: a greedy local search that meets a request by few and likely exchanges.

An edit of z meets "six notes a bar" or "up a fifth" only approximately. After decoding, single tokens are
exchanged, each time the one that lowers the cost most. An exchange is penalized by the loss of log
probability under the decoder, so that the music stays likely, and only the most likely tokens of each
position are tried. The search ends when no exchange gains more than its penalty.

It handles ids; the cost is an argument. Tokens must have a fixed position, as on a melody grid. For
polyphonic music see `symvae.system.faders.refine_notes`.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.system.faders.bar_search import Cost

#: Number of most likely tokens tried at each position.
TRIED = 6
#: Penalty of a nat, in fader positions: of two exchanges with the same effect, prefer the more likely.
NAT = 0.0005
#: Least decrease of the cost that an exchange must bring.
LEAST_GAIN = 0.004
#: Exchanges that are scored again after the first one was made.
KEPT = 64
MOST_EXCHANGES = 24


def refine_tokens(
    ids: Int[Tensor, "bar position"],
    log_probability: Float[Tensor, "bar position vocabulary"],
    row: int,
    cost: Cost,
) -> Int[Tensor, "bar position"]:
    """Exchange tokens of one phrase while the cost falls.

    Args:
        ids: tokens of the phrase.
        log_probability: log probability of every token at every position, from the decoder.
        row: row of the phrase among those that ``cost`` knows.
        cost: scores candidates.

    Returns:
        Tokens after the exchanges.
    """
    now, log_probability = ids.flatten().clone(), log_probability.flatten(0, 1)
    likely = log_probability.topk(min(TRIED, log_probability.shape[1])).indices
    position, column = (likely != now[:, None]).nonzero(as_tuple=True)
    token = likely[position, column]
    price = NAT * (log_probability[position, now[position]] - log_probability[position, token]).clamp(min=0)

    def costs(candidates: Int[Tensor, "candidate token"]) -> Float[Tensor, " candidate"]:
        return cost(candidates.unflatten(1, ids.shape), torch.full((len(candidates),), row))

    least, left = costs(now[None])[0], torch.arange(len(position))
    for turn in range(MOST_EXCHANGES):
        left = left[price[left] < least]  # a penalty above the cost leaves nothing to gain
        if not len(left):
            break
        candidates = now.repeat(len(left), 1)
        candidates[torch.arange(len(left)), position[left]] = token[left]
        penalized = costs(candidates) + price[left]
        best = int(penalized.argmin())
        if penalized[best] >= least - LEAST_GAIN:
            break
        exchange = left[best]
        now[position[exchange]] = token[exchange]
        least = penalized[best] - price[exchange]
        if turn == 0:
            left = left[penalized.argsort()[:KEPT]]
        left = left[position[left] != position[exchange]]
    return now.view(ids.shape)

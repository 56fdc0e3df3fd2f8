"""The last few tokens: what a decode missed, made up by the fewest and likeliest exchanges.

z says most of a phrase, and it hears "six notes a bar" or "up a fifth" only nearly. So after decoding,
single tokens are exchanged, always the one that brings the phrase nearest to what was asked. Each exchange
has a price: what the decoder thinks less of the new token than of the old (in nats), so that the music
stays what the model would say; and only what it thinks likeliest at a place is tried there. It ends when
nothing gains more than it costs.

A greedy search under the model, and no choice among several decodes. It handles ids and is told what they
cost; tokens must have a place of their own, as those of a melody grid have. For music of many voices see
`symvae.system.faders.refine_notes`.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.system.faders.bar_search import Cost

#: How many of the likeliest tokens are tried at each place.
TRIED = 6
#: What a nat is worth, in positions of a fader: of exchanges that do as much, the likeliest wins.
NAT = 0.0005
#: An exchange has to gain more than this.
LEAST_GAIN = 0.004
#: Of all exchanges, so many are looked at again after the first.
KEPT = 64
MOST_EXCHANGES = 24


def refine_tokens(
    ids: Int[Tensor, "bar position"],
    log_share: Float[Tensor, "bar position vocabulary"],
    row: int,
    cost: Cost,
) -> Int[Tensor, "bar position"]:
    """The ids of phrase ``row`` after the exchanges; ``log_share`` is the decoder's view of each place."""
    now, log_share = ids.flatten().clone(), log_share.flatten(0, 1)
    likely = log_share.topk(min(TRIED, log_share.shape[1])).indices
    place, column = (likely != now[:, None]).nonzero(as_tuple=True)
    token = likely[place, column]
    price = NAT * (log_share[place, now[place]] - log_share[place, token]).clamp(min=0)

    def costs(tries: Int[Tensor, "try token"]) -> Float[Tensor, " try"]:
        return cost(tries.unflatten(1, ids.shape), torch.full((len(tries),), row))

    least, left = costs(now[None])[0], torch.arange(len(place))
    for turn in range(MOST_EXCHANGES):
        left = left[price[left] < least]  # what costs more than is missed can gain nothing
        if not len(left):
            break
        tries = now.repeat(len(left), 1)
        tries[torch.arange(len(left)), place[left]] = token[left]
        by = costs(tries) + price[left]
        best = int(by.argmin())
        if by[best] >= least - LEAST_GAIN:
            break
        exchange = left[best]
        now[place[exchange]] = token[exchange]
        least = by[best] - price[exchange]
        if turn == 0:
            left = left[by.argsort()[:KEPT]]
        left = left[place[left] != place[exchange]]
    return now.view(ids.shape)

"""Two factors of the bars of a line: events in order without their places, and places without the events.

    ids       0 7 0 9 | 1 0 9 0        0: continue, 1: stop, from ``first_event``: an event
    order     7 9 0 0 | 9 0 0 0        events from the left, then 0
    pattern   0 2 0 2 | 1 0 2 0        2 for every event

Together they have what the bar has: `combined` is their inverse. Music SketchNet (Chen et al. 2020, arXiv
2008.01291, section 3.1) takes a bar apart in this way. It handles ids and knows no pitch or rhythm.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

#: Ids of what is no event: the last event, or silence, goes on; it stops.
CONTINUE, STOP = 0, 1
#: First id of an event, and its only one in `pattern_of`.
EVENT = 2


def order_of(ids: Int[Tensor, "*any position"], first_event: int = EVENT) -> Int[Tensor, "*any position"]:
    """Events of each bar from the left, padded with 0."""
    is_event = ids >= first_event
    places = (~is_event).long().argsort(dim=-1, stable=True)
    return ids.masked_fill(~is_event, 0).gather(-1, places)


def pattern_of(ids: Int[Tensor, "*any position"], first_event: int = EVENT) -> Int[Tensor, "*any position"]:
    """Places of each bar: ids before ``first_event`` as they are, `EVENT` for every event."""
    return torch.where(ids >= first_event, EVENT, ids)


def combined(
    order: Int[Tensor, "*any position"], pattern: Int[Tensor, "*any position"]
) -> Int[Tensor, "*any position"]:
    """Put the events of ``order`` at the places of ``pattern``; places that are left over repeat the last.

    Args:
        order: events from the left, then 0.
        pattern: places, as from `pattern_of`.

    Returns:
        Ids; without any event, places are continued.
    """
    is_event = pattern == EVENT
    number = (is_event.cumsum(-1) - 1).clamp(min=0)
    events = (order > 0).sum(-1, keepdim=True)
    event = order.gather(-1, torch.minimum(number, (events - 1).clamp(min=0)))
    return torch.where(is_event, event, pattern)


def agreement(factor: Int[Tensor, "batch bar position"]) -> Float[Tensor, "batch bar other"]:
    """Share of equal places of each two bars, of those where one of them has more than `CONTINUE`."""
    one, other = factor[:, :, None], factor[:, None]
    filled = (one != CONTINUE) | (other != CONTINUE)
    same = ((one == other) & filled).sum(-1)
    return torch.where(filled.any(-1), same / filled.sum(-1).clamp(min=1), 1.0)

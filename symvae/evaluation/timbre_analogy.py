"""Arithmetic of timbres: is the way from one font to another the same for all instruments?

For an instrument a that both fonts have, what its timbre in the second font has and in the first has not,
given to another instrument b of the first, should be b of the second (as a is to a', so is b to b'; Mikolov
et al. 2013, arXiv 1301.3781, section 4). The answer is the nearest of all known timbres but the three that
went in, as is usual there; so beside it stands what a guess would get that does no arithmetic, the nearest to
b itself.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.latent.direction import analogy


class Analogies(NamedTuple):
    """Shares of right answers."""

    questions: int
    right: float
    without_arithmetic: float
    """By the nearest other timbre of b alone."""


def font_analogies(z: Mapping[tuple[str, str], Float[Tensor, " latent"]]) -> Analogies:
    """All questions that timbres, by instrument and font, allow."""
    names, places = list(z), torch.stack(list(z.values()))
    fonts = sorted({font for _, font in names})
    right = plain = questions = 0
    for first in fonts:
        for second in fonts:
            both = [name for name, font in names if font == first and (name, second) in z and first != second]
            for a in both:
                for b in both:
                    if a == b:
                        continue
                    given, wanted = ((a, first), (a, second), (b, first)), names.index((b, second))
                    others = torch.tensor([name not in given for name in names])
                    asked = analogy(z[b, first][None], z[a, second][None], z[a, first][None])
                    questions += 1
                    right += _nearest(asked[0], places, others) == wanted
                    plain += _nearest(z[b, first], places, others) == wanted
    return Analogies(questions, right / max(questions, 1), plain / max(questions, 1))


def _nearest(at: Float[Tensor, " latent"], places: Float[Tensor, "timbre latent"], among: Tensor) -> int:
    distance = (places - at).square().sum(-1).masked_fill(~among, torch.inf)
    return int(distance.argmin())

"""Forms and endings of the training tunes, for a bar-wise prior to draw with."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from symvae.attributes.form import equal_bars, form
from symvae.attributes.repetition import repeated_bar_share
from symvae.corpus.dataset import Windows, windows
from symvae.corpus.shards import Shards
from symvae.models.flow.prior import FlowPrior
from symvae.music.arrangement import AnyPhrase, lead_of, merged_of
from symvae.system.drawing import decode, draw, draw_with
from symvae.system.forms import REAL, Forms, draw_forms
from symvae.system.symvae import SymVAE
from symvae.training.data import as_tensor
from symvae.training.tasks.part_scales import best_scales, of_coordinates

#: Training windows whose forms are kept, evenly over all tunes.
FORMS = 1000
FORM_SCALES = (0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2)
#: Standard deviations by which attributes are asked for beyond what is wanted.
LIFTS = (-0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
#: Draws at each scale, and at each lift.
DRAWS = 100
_ENDING = "cadence"


def learn_forms(model: SymVAE, prior: FlowPrior, shards: Shards) -> None:
    """Give a prior the forms and endings of the training tunes, and the scale of noise that they need.

    The scale is compared on training windows: some metres have too few held-out tunes. Where each part has
    coordinates of z of its own, each has a scale of its own.

    Args:
        model: The model that decodes.
        prior: The prior over its z; ``forms`` with their ``attributes``, ``form_scale`` and ``endings`` are
            set in place.
        shards: Prepared music with a training split.
    """
    found = windows(shards, "train", model.config.model.bars, mid_phrase=model.config.data.mid_phrase)
    evenly = _evenly(len(found), found.weight(model.config.data.balance))
    phrases = model.to_phrases(as_tensor(found[evenly]))
    prior.forms = torch.from_numpy(np.stack([equal_bars(merged_of(each)) for each in phrases])).to(
        prior.forms
    )
    if prior.conditions:
        values = np.stack(list(model.measure(phrases, prior.conditions).values()), axis=1)
        prior.attributes = prior.standardized(torch.from_numpy(values).float())
    prior.endings.fill_(0.0)
    ends, endings = _ENDING in model.tokenizer.attributes, {}

    def drawn(scale: float) -> list[AnyPhrase]:
        prior.form_scale = torch.tensor(scale)
        chance = torch.Generator().manual_seed(0)
        music = model.to_phrases(decode(model.codec, prior, draw(model.codec, prior, DRAWS, chance), chance))
        if ends:
            endings[scale] = float(model.measure(music, [_ENDING])[_ENDING].mean())
        return music

    best = best_scales(model, FORM_SCALES, drawn, phrases)
    prior.form_scale = of_coordinates(model, best)
    if ends:
        already, of_tunes = endings[best[0]], _cadences_of_tunes(model, found)
        prior.endings.fill_(max(0.0, of_tunes - already) / max(1 - already, 1e-9))
    wanted = prior.attributes.mean(0)
    balance(model, prior, phrases)
    if prior.conditions:
        learn_lift(model, prior, wanted)


def learn_lift(model: SymVAE, prior: FlowPrior, wanted: Float[Tensor, " attribute"]) -> None:
    """Set how far beyond each attribute a prior is asked, so that draws have that of real music on average.

    Args:
        model: The model that decodes.
        prior: The prior with the table of forms; ``attribute_lift`` is set in place.
        wanted: Means of real music, standardized.
    """
    misses = []
    for lift in LIFTS:
        prior.attribute_lift.fill_(lift)
        chance = torch.Generator().manual_seed(0)
        forms = draw_forms(prior, REAL, DRAWS, chance, model.name)
        draws = draw_with(model.codec, prior, DRAWS, forms, chance)
        music = model.to_phrases(decode(model.codec, prior, draws, chance))
        values = np.stack(list(model.measure(music, prior.conditions).values()), axis=1)
        achieved = prior.standardized(torch.from_numpy(values).float())
        misses.append((achieved.mean(0) - wanted.cpu()).numpy())
    prior.attribute_lift.copy_(torch.tensor([_lift(each) for each in np.array(misses).T]))


def _lift(misses: Float[np.ndarray, " lift"]) -> float:
    """Lift at which draws miss by nothing, between two of `LIFTS`, else that at which they miss by least."""
    for place in sorted(range(len(LIFTS) - 1), key=lambda place: abs(LIFTS[place])):
        low, high = misses[place : place + 2]
        if low < 0 <= high:
            return float(np.interp(0.0, [low, high], LIFTS[place : place + 2]))
    return min(zip(np.abs(misses), np.abs(LIFTS), LIFTS, strict=True))[-1]


def _evenly(count: int, weight: Float64[np.ndarray, " window"] | None) -> Int64[np.ndarray, " form"]:
    """Windows at equal distances, counted by their weights."""
    if weight is None:
        return np.unique(np.linspace(0, count - 1, FORMS).round().astype(np.int64))
    shares = np.cumsum(weight) / np.sum(weight)
    return np.searchsorted(shares, np.linspace(0, 1, FORMS, endpoint=False), side="right")


def balance(model: SymVAE, prior: FlowPrior, real: Sequence[AnyPhrase]) -> None:
    """Draw the table of forms again, so that draws have forms and repeats as often as real music.

    Draws are more alike than their table says, because the flow has learned that sections repeat as a whole.
    Each row is drawn once, and weighted by how much rarer than in real music the structure of its draw is.

    Args:
        model: The model that decodes.
        prior: The prior; its ``forms`` are exchanged in place.
        real: Real music.
    """
    chance, known = torch.Generator().manual_seed(0), len(prior.attributes) > 0
    rows = prior.forms.long()
    forms = Forms(rows, prior.attributes if known else None)
    draws = draw_with(model.codec, prior, len(rows), forms, chance)
    drawn = model.to_phrases(decode(model.codec, prior, draws, chance))
    structures = [structure(phrase) for phrase in drawn]
    wanted, found = Counter(map(structure, real)), Counter(structures)
    weights = torch.tensor([wanted[each] / found[each] for each in structures])
    if weights.any():
        chosen = torch.multinomial(weights, len(rows), replacement=True, generator=chance)
        prior.forms = prior.forms[chosen]
        if known:
            prior.attributes = prior.attributes[chosen]


def structure(phrase: AnyPhrase) -> tuple[str, int]:
    """Form in letters, and the share of repeated bars in eighths."""
    return form(lead_of(phrase)), int(8 * repeated_bar_share(merged_of(phrase)))


def _cadences_of_tunes(model: SymVAE, found: Windows) -> float:
    """Share of tunes that end with a cadence; 0 where no window ends a tune."""
    last = model.to_phrases(as_tensor(found[np.flatnonzero(found.ends_tune)]))
    return float(model.measure(last, [_ENDING])[_ENDING].mean()) if last else 0.0

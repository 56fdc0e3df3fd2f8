"""Checks that the files of a model folder agree with each other, made before they are used together.

Each raises ValueError or CheckpointError with the fault; the remedy is that of the file.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from torch import Tensor

from symvae.config.model import ModelConfig
from symvae.errors import CheckpointError
from symvae.files.limit import shown
from symvae.models.faders.editor import FaderEditor
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import Z_MAPS, BarVelocity
from symvae.models.phrase.vae import VAE
from symvae.system.build import bar_maps
from symvae.tokens.id_type import id_type
from symvae.tokens.ngram import Grams, NGram, shifts_of
from symvae.tokens.tokenizer import Tokenizer

#: Transformers over bars have heads of this size.
_HEAD_SIZE = 32
#: Longest n-grams, where their keys fit so many bits.
_LONGEST_GRAM, _KEY_BITS = 8, 63


def check_tokenizer(tokenizer: Tokenizer, config: ModelConfig, folder: Path) -> None:
    """Compare a tokenizer with the config of its model.

    Args:
        tokenizer: The tokenizer of the folder.
        config: Section ``model`` of its config.
        folder: The folder, for the message.

    Raises:
        CheckpointError: They describe different music or vocabularies.
    """
    for name, here, there in (
        ("kind of music", tokenizer.name, config.tokenizer),
        ("metre", tokenizer.metre, config.metre),
        ("vocabulary", tokenizer.vocabulary_size, config.vocabulary_size),
        ("length of a bar", tokenizer.positions_per_bar, config.positions),
    ):
        if here != there:
            raise CheckpointError(
                f"{folder} is damaged: its tokenizer.json has the {name} {shown(here)}, its config.json "
                f"{shown(there)}. Restore it or export the model again."
            )


def checked_vectors(state: dict[str, Tensor], *, latent: int | None = None) -> dict[str, Tensor]:
    """Attribute vectors of ``latent`` coordinates; raises ValueError for others."""
    for name, vector in state.items():
        if name.startswith("direction.") and latent not in (None, vector.numel()):
            raise ValueError(f"{name} has {vector.numel()} coordinates")
    return dict(state)


def checked_prior(
    state: dict[str, Tensor],
    *,
    latent: int | None = None,
    conditions: Sequence[str] | None = None,
    vae: VAE | None = None,
) -> FlowPrior:
    """Compare a prior with its model.

    Args:
        state: Weights of the prior.
        latent: Coordinates of z; None compares nothing, here and below.
        conditions: Attributes that condition a prior over bars.
        vae: The model, for a prior whose maps between z and the bars are the model's.

    Returns:
        The prior; raises ValueError for one of another model.
    """
    active = state["active"]
    if active.ndim != 1 or latent not in (None, len(active)):
        raise ValueError("a prior over another number of coordinates")
    maps = None
    if "velocity.place" in state and not any(f"velocity.{name}" in state for name in Z_MAPS):
        if vae is None:
            raise ValueError("a prior without maps between z and the bars")
        maps = bar_maps(vae, active > 0)
        state = state | dict(zip((f"velocity.{name}" for name in Z_MAPS), maps[1:], strict=True))
    prior = FlowPrior.from_state(state, conditions or ())
    if maps is not None and isinstance(prior.velocity, BarVelocity):
        prior.velocity.set_maps(maps.unfold, maps.project, tied=True)
    ends = prior.velocity.project if isinstance(prior.velocity, BarVelocity) else prior.velocity.end
    if ends.out_features != int(prior.active.sum()):
        raise ValueError("a velocity of another number of coordinates")
    if any(scale.shape not in ((), active.shape) for scale in (prior.noise_scale, prior.form_scale)):
        raise ValueError("scales of another number of coordinates")
    known = prior.velocity.attributes
    if conditions is not None and len(conditions) != known:
        raise ValueError("a prior conditioned on other attributes")
    if isinstance(prior.velocity, BarVelocity):
        _check_bars(prior.velocity.place)
        of_forms = ((0, known), (len(prior.forms), known))
        others = prior.attribute_scale.shape != (2, known) or prior.attribute_lift.shape != (known,)
        if others or prior.attributes.shape not in of_forms:
            raise ValueError("attributes of another number of forms")
    return prior


def checked_editor(
    editor: FaderEditor, *, latent: int | None = None, bars: int | None = None, faders: int | None = None
) -> FaderEditor:
    """Compare the editor of z with its model.

    Args:
        editor: The editor.
        latent: Coordinates of z; None compares nothing, here and below.
        bars: Bars of a phrase.
        faders: Number of faders.

    Returns:
        The editor; raises ValueError for one of another model.
    """
    sizes = (editor.project.out_features, len(editor.place), editor.condition[0].in_features)
    if any(want not in (None, size) for size, want in zip(sizes, (latent, bars, faders), strict=True)):
        raise ValueError("an editor of another model")
    _check_bars(editor.place)
    return editor


def checked_language(arrays: dict[str, np.ndarray], *, tokenizer: Tokenizer) -> NGram:
    """Language model of a tokenizer's ids; raises ValueError for another, LookupError for too few arrays."""
    ids, count = arrays["ids"], arrays["occurrences"]
    longest = min(_LONGEST_GRAM, int(_KEY_BITS / math.log2(tokenizer.vocabulary_size + 1)))
    if (
        ids.dtype != id_type(tokenizer.vocabulary_size + 1)
        or ids.ndim != 2
        or not 1 <= ids.shape[1] <= longest
    ):
        raise ValueError("n-grams of another shape or type")
    if count.shape != ids.shape[:1] or count.dtype.kind not in "iu" or not len(count) or count.min() < 1:
        raise ValueError("counts that are not one for each n-gram")
    if ids.max() > tokenizer.vocabulary_size:
        raise ValueError("n-grams of another vocabulary")
    return NGram(
        Grams(ids, count),
        pitch_ids=tokenizer.pitch_ids,
        vocabulary_size=tokenizer.vocabulary_size,
        shifts=shifts_of(tokenizer.pitch_ids),
    )


def _check_bars(place: Tensor) -> None:
    bars, width = place.shape
    if not bars or not width or width % _HEAD_SIZE:
        raise ValueError("a transformer without bars or heads")

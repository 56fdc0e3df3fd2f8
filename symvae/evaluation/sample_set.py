"""One set of generated phrases compared with real music and with the training set.

    decodes           samples that the tokenizer could decode
    silent            of these, phrases without a note
    canonical         share whose ids are those that the tokenizer would write for the same music
    stands_in_train   share that occurs in the training set as a whole phrase, in any key: memorization, or
                      chance for plain bars
    features          mean over phrases, and the overlap of their distribution with that of real phrases
                      (`symvae.evaluation.metrics.overlap`)

A long phrase can pass all of these and still be no tune, so phrases of four bars or more get five more:

    bar_similarity        one more feature: how much bars repeat earlier ones
    onset_histogram       intersection of the histograms of onset positions in the bar, over all phrases
    overlapped_area_mean  mean overlap of the features in `OVERLAPPED`, to compare models by one number
    runs_in_train         share of phrases of which some four bars in a row occur in the training set, in any
                          key (`symvae.evaluation.metrics.memorization`)
    forms                 forms and endings (`symvae.evaluation.forms`)
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Int64, UInt
from torch import Tensor

from symvae.attributes.table import measure
from symvae.errors import TokenError
from symvae.evaluation.forms import FormFigures, form_figures
from symvae.evaluation.metrics.memorization import RUN_BARS, TrainingRuns, occurs_in
from symvae.evaluation.metrics.overlap import inter_set_overlap, overlapped_area, shared_mass
from symvae.music.phrase import Phrase
from symvae.system.symvae import SymVAE
from symvae.tokens.id_type import id_type
from symvae.tokens.tokenizer import Tokenizer

FEATURES = (
    "onset_density",
    "pitch_range",
    "mean_interval",
    "pitch_class_entropy",
    "diatonic_share",
    "repeated_bar_share",
    "rest_share",
)
DRUM_FEATURES = (
    "drum_density",
    "kick_density",
    "snare_density",
    "hihat_density",
    "drum_syncopation",
    "kick_snare_entropy",
)
LONG_BARS = RUN_BARS
LONG_FEATURES = (*FEATURES, "bar_similarity")
OVERLAPPED = (
    "onset_density",
    "pitch_range",
    "mean_interval",
    "pitch_class_entropy",
    "onset_histogram",
    "bar_similarity",
)
DRUM_OVERLAPPED = ("drum_density", "drum_syncopation", "kick_snare_entropy")


class FeatureFigures(NamedTuple):
    """One feature of a set of samples."""

    mean: float
    overlapped_area: float
    """Overlap with the feature's distribution over real phrases, 0 to 1."""
    inter_set_overlap: float


class SetFigures(NamedTuple):
    """One set of samples against real phrases and the training set; the module docstring defines each."""

    decodes: int
    silent: int
    canonical: float
    stands_in_train: float
    features: dict[str, FeatureFigures]
    onset_histogram: float | None = None
    overlapped_area_mean: float | None = None
    runs_in_train: float | None = None
    forms: FormFigures | None = None


class LongReference(NamedTuple):
    """Reference for samples of four bars or more."""

    onsets: Int64[np.ndarray, " position"]
    """Onset histogram of the real phrases."""
    runs: TrainingRuns
    forms: FormFigures


def compare(
    model: SymVAE,
    ids: Int[Tensor, "sample bar position"],
    real: Mapping[str, Float[np.ndarray, " phrase"]],
    training: UInt[np.ndarray, "window bar position"],
    reference: LongReference | None = None,
) -> SetFigures:
    """Compare one set of samples with real phrases and with the training set.

    Args:
        model: The model that made them.
        ids: Token ids of the samples.
        real: Features of the real phrases.
        training: Training windows.
        reference: For samples of four bars or more.

    Returns:
        The figures; those of long phrases are None without a reference.
    """
    decoded = [(row, phrase) for row in ids.numpy() if (phrase := _decode(model, row)) is not None]
    phrases = [phrase for _, phrase in decoded]
    values = measure(phrases, real)
    canonical = [np.array_equal(model.tokenizer.encode_phrase(phrase), row) for row, phrase in decoded]
    figures = SetFigures(
        decodes=len(phrases),
        silent=sum(len(phrase) == 0 for phrase in phrases),
        canonical=float(np.mean(canonical)),
        stands_in_train=float(occurs_in(as_stored(ids, model.tokenizer), training, model.tokenizer).mean()),
        features={
            name: FeatureFigures(
                mean=mean(values[name]),
                overlapped_area=overlapped_area(real[name], values[name]),
                inter_set_overlap=inter_set_overlap(real[name], values[name]),
            )
            for name in real
        },
    )
    if reference is None:
        return figures
    areas = {name: feature.overlapped_area for name, feature in figures.features.items()}
    onsets = shared_mass(onset_histogram(phrases), reference.onsets)
    return figures._replace(
        onset_histogram=onsets,
        overlapped_area_mean=mean_overlap(areas, onsets),
        runs_in_train=mean(reference.runs.occur_in(as_stored(ids, model.tokenizer))),
        forms=form_figures(phrases, reference.forms),
    )


def onset_histogram(phrases: Sequence[Phrase]) -> Int64[np.ndarray, " position"]:
    """Number of onsets at each position in the bar, over all phrases."""
    length = phrases[0].grid.steps_per_bar
    return np.bincount(np.concatenate([p.onset_step for p in phrases]) % length, minlength=length)


def mean_overlap(areas: Mapping[str, float], onsets: float) -> float:
    """Mean over those of `OVERLAPPED` and `DRUM_OVERLAPPED` that were measured."""
    every = {**areas, "onset_histogram": onsets}
    return float(np.mean([every[name] for name in (*OVERLAPPED, *DRUM_OVERLAPPED) if name in every]))


def features_of(tokenizer: Tokenizer, *, long: bool) -> list[str]:
    """Features that are compared: those of the music of a model, of long phrases more."""
    every = (*(LONG_FEATURES if long else FEATURES), *DRUM_FEATURES)
    return [name for name in every if name in tokenizer.attributes]


def _decode(model: SymVAE, row: Int[np.ndarray, "bar position"]) -> Phrase | None:
    try:
        return model.tokenizer.decode_ids(row)
    except TokenError:
        return None


def as_stored(
    ids: Int[Tensor, "phrase bar position"], tokenizer: Tokenizer
) -> UInt[np.ndarray, "phrase bar position"]:
    """Ids as shards store them."""
    return ids.numpy().astype(id_type(tokenizer.vocabulary_size))


def mean(values: np.ndarray) -> float:
    """Mean as a plain number."""
    return float(values.mean())

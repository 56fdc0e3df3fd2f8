"""Limits of model folders, which may be a stranger's."""

from symvae.errors import CheckpointError
from symvae.files.limit import Limit

WEIGHTS_MIB = Limit(
    "weights-size",
    512,
    "MiB",
    "half a billion weights; the largest released model has 8 million",
    "{where} is larger than {most} MiB. Give a model of symvae.",
    CheckpointError,
)
HEADER_MIB = Limit(
    "weights-header",
    1,
    "MiB",
    "names and shapes of 10,000 tensors; the largest released model has 7 KB",
    "{where} announces {count} MiB of names; at most {most} are read. Restore it or export it again.",
    CheckpointError,
)
TENSORS = Limit(
    "weights-tensors",
    10_000,
    "tensors",
    "a released model has up to 100",
    "{where} holds {count} tensors; at most {most} are read. Restore it or export it again.",
    CheckpointError,
)
SPARE = Limit(
    "weights-tables",
    2**24,
    "values",
    "tables that a network computes instead of loading, such as its filter bank",
    "{where} describes a network of more than the {most} values in its weight file. "
    "Restore it or export it again.",
    CheckpointError,
)
TIMBRES = Limit(
    "timbres",
    1_000,
    "timbres",
    "128 instruments of several sound fonts",
    "{where} has {count} timbres; at most {most} are read. Restore it or export it again.",
    CheckpointError,
)
CARD_MIB = Limit(
    "card-size",
    1,
    "MiB",
    "a model card has 8 KB",
    "{where} is larger than {most} MiB. Shorten it.",
    CheckpointError,
)

"""Limits of configs, which may be a stranger's: networks are built by these numbers."""

from symvae.errors import ConfigError
from symvae.files.limit import Limit

WIDTH = Limit(
    "config-width",
    16_384,
    "units",
    "the widest layer of a released model has 768 units, its largest vocabulary 218 tokens",
    "{where} must be a whole number from {least} to {most}, not {count}.",
    ConfigError,
)
DEPTH = Limit(
    "config-depth",
    256,
    "layers",
    "the deepest network of a preset has 8 layers, the longest phrase 16 bars",
    "{where} must be a whole number from {least} to {most}, not {count}.",
    ConfigError,
)
TRANSFORM = Limit(
    "config-transform",
    2_048,
    "samples",
    "the released synthesizer has windows of 4 times 256 samples",
    "{where} must be a whole number from {least} to {most}, not {count}.",
    ConfigError,
)
BANDS = Limit(
    "config-bands",
    512,
    "bands",
    "the released synthesizer has 128",
    "{where} must be a whole number from {least} to {most}, not {count}.",
    ConfigError,
)
ENTRIES = Limit(
    "config-entries",
    16_384,
    "entries",
    "a codebook of a preset has 256",
    "{where} must be a whole number from {least} to {most}, not {count}.",
    ConfigError,
)
RATE = Limit(
    "config-rate",
    192_000,
    "Hz",
    "the highest rate of studio equipment; below 4 kHz little of music is left",
    "{where} must be a rate from {least} to {most} Hz, not {count}.",
    ConfigError,
    least=4_000,
)
TEXT = Limit(
    "config-text",
    10_000,
    "characters",
    "a description has a few sentences",
    "{where} has {count} characters; at most {most} are read. Shorten it.",
    ConfigError,
)
NAMES = Limit(
    "config-list",
    256,
    "words",
    "there are 22 attributes and 128 instruments",
    "{where} names {count} words; at most {most} are read. Shorten it.",
    ConfigError,
)

"""Errors that symvae raises on purpose.

SymvaeError
├── ArgumentError       an argument of a wrong type; also a TypeError
├── MidiError           a file that cannot be read as music
├── PhraseError         notes that contradict each other or their grid
├── AudioError          samples that are not audio, or a sound file that cannot be read or written
├── TokenError          notes that a vocabulary cannot encode, or ids of the wrong shape
├── ConfigError         a choice that does not exist or contradicts another
├── CorpusError         a corpus or shard folder that is missing, empty or damaged
├── CheckpointError     a model that is unknown, incomplete or of another format
├── LatentError         a latent of the wrong shape, or a direction that does not exist
└── TrainingError       a run that cannot start, continue or resume

A message has one sentence for the fault and one for the remedy. The command line prints it without a
traceback and exits with status 1.
"""

import os
from pathlib import Path


class SymvaeError(Exception):
    """Base class: catch it to catch every error that symvae raises on purpose."""

    limit: str = ""
    """Code of the limit that a file exceeds (docs/limits.md); empty for any other fault."""


class ArgumentError(SymvaeError, TypeError):
    """An argument of a wrong type."""


class MidiError(SymvaeError):
    """A file that cannot be read as music."""


class PhraseError(SymvaeError):
    """Notes that contradict each other or their grid."""


class AudioError(SymvaeError):
    """Samples that are not audio, or a sound file that cannot be read or written."""


class TokenError(SymvaeError):
    """Notes that a vocabulary cannot encode, or ids of the wrong shape."""


class ConfigError(SymvaeError):
    """A choice that does not exist or contradicts another."""


class CorpusError(SymvaeError):
    """A corpus or shard folder that is missing, empty or damaged."""


class CheckpointError(SymvaeError):
    """A model that is unknown, incomplete or of another format."""


class LatentError(SymvaeError):
    """A latent of the wrong shape, or a direction that does not exist."""


class TrainingError(SymvaeError):
    """A training run that cannot start, continue or resume."""


def refuse_to_overwrite(path: Path, error: type[SymvaeError], *, force: bool) -> None:
    """Raise unless ``path`` may be written; a device or a pipe always may.

    Args:
        path: The file about to be written.
        error: Class of the error.
        force: Overwrite an existing file.

    Raises:
        SymvaeError: The file exists and ``force`` is not set; of the class ``error``.
    """
    if os.path.isfile(path) and not force:
        raise error(f"{path} exists. Choose another name, or overwrite it with force.")

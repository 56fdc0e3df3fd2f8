"""Read a source in the process of the test, where shapes are checked and nothing has to start."""

from symvae.corpus.source import FileSource
from symvae.corpus.tune import Tune
from symvae.music.reason import Dropped


def unguarded(source: FileSource) -> list[Tune | Dropped]:
    """The items of a source in order."""
    return [*(item for file in source.files for item in source.read(file)), *source.dropped]

"""Read the sources of a preparation: all files into a journal, then the journal in the order of the files.

Files are finished in any order, but tunes come in the order of the sources, so neither the number of
processes nor an interruption changes the shards.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from symvae.corpus.encoded import Encoded, EncodeFile, encoded
from symvae.corpus.guard.pool import guarded
from symvae.corpus.journal import Journal
from symvae.corpus.source import FileSource, Source, items_of
from symvae.music.reason import Dropped
from symvae.tokens.tokenizer import Tokenizer


@dataclass
class Progress:
    """State of a reading."""

    total: int = 0
    """All files."""
    files: int = 0
    """Files that were read, those of an interrupted run among them."""
    without_tune: int = 0
    """Files of these that gave no tune."""

    def count(self, items: Iterable[Encoded | Dropped]) -> None:
        """Count a file by what it gave."""
        self.files += 1
        self.without_tune += not any(isinstance(item, Encoded) for item in items)


def read_sources(
    sources: Sequence[Source],
    tokenizer: Tokenizer,
    journal: Journal,
    now: Progress,
    watch: Callable[[Progress], None] = lambda now: None,
) -> Iterator[Encoded | Dropped]:
    """Read all sources, each file once.

    Args:
        sources: The sources.
        tokenizer: Tokenizer of the shards.
        journal: Journal of the files that are read already, which grows by all others.
        now: State of the reading, which is kept up to date.
        watch: Called with ``now`` after each file.

    Yields:
        The encoded tunes and drops of each source, in its order.
    """
    keys = [_keys(source) if isinstance(source, FileSource) else [] for source in sources]
    now.total = sum(map(len, keys))
    for source, of_source in zip(sources, keys, strict=True):
        if isinstance(source, FileSource):
            for gave in _read_files(source, of_source, tokenizer, journal):
                now.count(gave)
                watch(now)
    for source, of_source in zip(sources, keys, strict=True):
        if isinstance(source, FileSource):
            for key in of_source:
                yield from journal.items(key)
            yield from source.dropped
        else:
            for item in source:
                yield encoded(item, tokenizer)


def _keys(source: FileSource) -> list[str]:
    """Each file with all that its reading depends on."""
    return [f"{file.stamp()}|{source.reading}|{source.limits}" for file in source.files]


def _read_files(
    source: FileSource, keys: Sequence[str], tokenizer: Tokenizer, journal: Journal
) -> Iterator[Iterable[Encoded | Dropped]]:
    """Read the files that the journal has not yet, and yield what each file gave."""
    missing = []
    for file, key in zip(source.files, keys, strict=True):
        if key in journal:
            yield journal.items(key)
        else:
            missing.append((file, key))
    files = [file for file, _ in missing]
    function = EncodeFile(source.read, tokenizer)
    for number, outcome in guarded(function, files, workers=source.workers, limits=source.limits):
        file, key = missing[number]
        items = items_of(file.name, outcome)
        journal.add(key, items)
        yield items

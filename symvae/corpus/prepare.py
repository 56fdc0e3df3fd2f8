"""Prepare sources into a shard folder: tunes as ids, split by near-duplicate cluster, with their card.

Tunes are kept whole, in their own key and with their rests: windows, long rests and transposition are the
business of `symvae.corpus.dataset`. `symvae.corpus.shards` describes the files. They grow while the sources
are read; in memory are the names of the tunes and the hashes that near-duplicates are found by. The folder
appears in one moment, by renaming a finished sibling, so a run that is killed leaves no half-written
shards, and the next run goes on with the file where it was (`symvae.corpus.journal`). The same sources and
seed give the same bytes.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import UInt64

from symvae.corpus import card as facts
from symvae.corpus.cluster import clusters
from symvae.corpus.drops import DropLog
from symvae.corpus.encoded import Encoded
from symvae.corpus.journal import Journal, journal_beside
from symvae.corpus.reading import Progress, read_sources
from symvae.corpus.shards import FORMAT, VERSION
from symvae.corpus.source import Source
from symvae.corpus.split import split
from symvae.corpus.spool import Spool
from symvae.corpus.tune import TuneEntry
from symvae.errors import CorpusError
from symvae.music.reason import Dropped, Reason
from symvae.music.timing import Timing
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder
from symvae.tokens.id_type import id_type
from symvae.tokens.table import TOKENIZERS


def prepare(
    sources: Sequence[Source],
    out: Path | str,
    *,
    metre: str = "4/4",
    tokenizer: str = "melody",
    seed: int = 0,
    force: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> dict[str, Any]:
    """Read sources to the end and write a shard folder.

    Args:
        sources: Sources of tunes, as in `symvae.corpus.sources`.
        out: The folder to write.
        metre: Metre of the tunes to keep: "4/4", "3/4" or "6/8".
        tokenizer: Name of the representation, "melody", "piano" or "piano-grid".
        seed: Of the split.
        force: Replace an ``out`` that holds shards; a folder of anything else is never replaced.
        progress: Called after each file.

    Returns:
        The card, as in card.json.

    Raises:
        CorpusError: For an unknown tokenizer, an ``out`` that may not be written, and sources without a tune.
    """
    out = Path(out)
    if tokenizer not in TOKENIZERS:
        raise CorpusError(f"There are no {tokenizer!r} tokens. Known: {', '.join(TOKENIZERS)}.")
    _refuse_to_overwrite(out, force)
    tokens = TOKENIZERS[tokenizer](metre)
    now = Progress()
    with (
        whole_folder(out, CorpusError, wait=False) as folder,
        Journal(journal_beside(out), f"{tokenizer} in {metre}") as journal,
    ):
        with (
            Spool(folder / "spool", tokens.positions_per_bar, id_type(tokens.vocabulary_size)) as spool,
            DropLog(folder / "dropped.csv") as drops,
        ):
            items = read_sources(sources, tokens, journal, now, progress or (lambda now: None))
            reading = _keep(items, spool, drops)
            tunes = reading.tunes
            if not tunes:
                journal.delete()
                raise _nothing_left(metre, drops)
            cluster = clusters([tune.name for tune in tunes], reading.keys)
            split_of = split(tunes, cluster, seed)
            collections = sorted({tune.collection for tune in tunes})
            spool.write_splits(folder, tunes, split_of, collections)
        tokens.save(folder)
        facts.write_tunes(folder / "tunes.csv", tunes, split_of, cluster.tolist())
        card = {
            "format": FORMAT,
            "version": VERSION,
            "metre": metre,
            "positions": tokens.positions_per_bar,
            "vocabulary_size": tokens.vocabulary_size,
            "tokenizer": tokenizer,
            "collections": collections,
            "sources": facts.sources(collections),
            "files": {"read": now.files, "without_tune": now.without_tune},
            "counts": facts.counts(tunes, split_of, collections),
            "works": facts.works(tunes, drops.works),
            "clusters": int(cluster.max()) + 1,
            "largest_cluster": int(np.bincount(cluster).max()),
            "timing": facts.timing_counts(reading.timings),
            "dropped": drops.reasons,
            "seed": seed,
            "sha256": facts.checksums(folder),
        }
        write_text(folder / "card.json", json.dumps(card, indent=2) + "\n", CorpusError)
    journal.delete()
    return card


class _Reading(NamedTuple):
    """The tunes that were kept, in reading order."""

    tunes: list[TuneEntry]
    keys: list[UInt64[np.ndarray, "..."]]
    timings: list[Timing]
    """Timing of the tunes that were quantized."""


def _keep(items: Iterable[Encoded | Dropped], spool: Spool, drops: DropLog) -> _Reading:
    """Keep each tune once, and log everything else with its reason."""
    tunes: list[TuneEntry] = []
    keys: list[UInt64[np.ndarray, ...]] = []
    timings: list[Timing] = []
    first_with: dict[bytes, str] = {}
    for item in items:
        if isinstance(item, Dropped):
            drops.add([item])
            continue
        name = item.entry.name
        digest = hashlib.blake2b(item.ids.tobytes(), digest_size=16).digest()
        # A copy in the same key, such as a part that is repeated note for note, would count double.
        if digest in first_with:
            drops.add([Dropped(name, Reason.DUPLICATE, f"the same notes as {first_with[digest]}")])
            continue
        first_with[digest] = name
        spool.add(item.ids)
        tunes.append(item.entry)
        keys.append(item.keys)
        timings += [item.timing] if item.timing else []
        if item.thinned:
            drops.add([Dropped(name, Reason.TOO_FULL, count=item.thinned)])
    return _Reading(tunes, keys, timings)


def _nothing_left(metre: str, drops: DropLog) -> CorpusError:
    why = ", ".join(f"{reason} {count}" for reason, count in drops.reasons.items()) or "no files"
    first = f" The first, {drops.first.what}: {drops.first.detail.rstrip('.')}." if drops.first else ""
    return CorpusError(
        f"Not one tune in {metre} is left to prepare ({why}).{first} Give other files or another metre."
    )


def _refuse_to_overwrite(out: Path, force: bool) -> None:
    if out.is_file():
        raise CorpusError(f"{out} is a file. Name a folder for the shards.")
    if not out.is_dir() or not any(out.iterdir()):
        return
    if not (out / "card.json").is_file():
        raise CorpusError(f"{out} holds no shards but something else: it is left alone. Name another folder.")
    if not force:
        raise CorpusError(f"{out} already holds shards. Name another folder, or replace them with force.")

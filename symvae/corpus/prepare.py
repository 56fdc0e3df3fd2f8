"""Prepare sources into a shard folder: tunes as ids, split by near-duplicate cluster, with their card.

Tunes are kept whole, in their own key and with their rests: windows, long rests and transposition are the
business of `symvae.corpus.dataset`. `symvae.corpus.shards` describes the files. They grow while the sources
are read; in memory are the names of the tunes and the hashes that near-duplicates are found by. The folder
appears in one moment, by renaming a finished sibling, so a run that is killed leaves no half-written
shards. The same sources and seed give the same bytes.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import UInt64

from symvae.corpus import card as facts
from symvae.corpus.cluster import clusters, window_keys
from symvae.corpus.drops import DropLog
from symvae.corpus.journal import journal_beside
from symvae.corpus.shards import FORMAT, VERSION
from symvae.corpus.split import split
from symvae.corpus.spool import Spool
from symvae.corpus.tune import Source, Tune, TuneEntry
from symvae.errors import CorpusError
from symvae.music.reason import Dropped, Reason
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder
from symvae.tokens.table import TOKENIZERS
from symvae.tokens.tokenizer import Tokenizer


def prepare(
    sources: Sequence[Source],
    out: Path | str,
    *,
    metre: str = "4/4",
    tokenizer: str = "melody",
    seed: int = 0,
    force: bool = False,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Read sources to the end and write a shard folder.

    Args:
        sources: Readers of tunes, as in `symvae.corpus.sources`.
        out: The folder to write.
        metre: Metre of the tunes to keep: "4/4", "3/4" or "6/8".
        tokenizer: Name of the representation, "melody" or "piano".
        seed: Of the split.
        force: Replace an ``out`` that holds shards; a folder of anything else is never replaced.
        progress: Called with the number of tunes so far.

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
    with whole_folder(out, CorpusError, wait=False) as folder:
        with (
            Spool(folder / "spool", tokens.positions_per_bar) as spool,
            DropLog(folder / "dropped.csv") as drops,
        ):
            reading = _read(sources, tokens, spool, drops, progress)
            journal_beside(out).unlink(missing_ok=True)
            tunes = reading.tunes
            if not tunes:
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
            "counts": facts.counts(tunes, split_of, collections),
            "works": facts.works(tunes, drops.works),
            "clusters": int(cluster.max()) + 1,
            "largest_cluster": int(np.bincount(cluster).max()),
            "dropped": drops.reasons,
            "seed": seed,
            "sha256": facts.checksums(folder),
        }
        write_text(folder / "card.json", json.dumps(card, indent=2) + "\n", CorpusError)
    return card


class _Reading(NamedTuple):
    """The tunes that were kept, in reading order."""

    tunes: list[TuneEntry]
    keys: list[UInt64[np.ndarray, "..."]]


def _read(
    sources: Sequence[Source],
    tokenizer: Tokenizer,
    spool: Spool,
    drops: DropLog,
    progress: Callable[[int], None] | None,
) -> _Reading:
    """Encode the tunes that the vocabulary covers, each once, and log everything else with its reason."""
    tunes: list[TuneEntry] = []
    keys: list[UInt64[np.ndarray, ...]] = []
    first_with: dict[bytes, str] = {}
    for item in (item for source in sources for item in source):
        if isinstance(item, Dropped):
            drops.add([item])
        else:
            tune, thinned = _thinned(item, tokenizer)
            if fault := _fault(tune, tokenizer):
                drops.add([fault])
            else:
                ids = tokenizer.encode_phrase(tune.phrase)
                digest = hashlib.blake2b(ids.tobytes(), digest_size=16).digest()
                # A copy in the same key, such as a part that is repeated note for note, would count double.
                if digest in first_with:
                    copy = Dropped(tune.name, Reason.DUPLICATE, f"the same notes as {first_with[digest]}")
                    drops.add([copy])
                else:
                    first_with[digest] = tune.name
                    spool.add(ids)
                    tunes.append(tune.entry)
                    keys.append(window_keys(tune.phrase))
                    drops.add(thinned)
        if progress is not None:
            progress(len(tunes))
    return _Reading(tunes, keys)


def _thinned(tune: Tune, tokenizer: Tokenizer) -> tuple[Tune, list[Dropped]]:
    """Drop the notes that do not fit into the row of a full bar."""
    kept = tokenizer.fit(tune.phrase)
    gone = len(tune.phrase) - len(kept)
    report = [Dropped(tune.name, Reason.TOO_FULL, count=gone)] if gone else []
    return replace(tune, phrase=kept), report


def _fault(tune: Tune, tokenizer: Tokenizer) -> Dropped | None:
    """The reason why the vocabulary does not cover a tune, None if it does."""
    phrase = tune.phrase
    if phrase.grid.metre != tokenizer.metre:
        return Dropped(tune.name, Reason.METRE_NOT_SUPPORTED, f"{phrase.grid.metre}, not {tokenizer.metre}")
    if not len(phrase):
        return Dropped(tune.name, Reason.EMPTY)
    low, high = int(phrase.pitch.min()), int(phrase.pitch.max())
    lowest, highest = tokenizer.pitch_range
    if low < lowest or high > highest:
        return Dropped(tune.name, Reason.OUT_OF_RANGE, f"it goes from {low} to {high}")
    if not tokenizer.polyphonic and not phrase.is_monophonic:
        return Dropped(tune.name, Reason.POLYPHONIC)
    return None


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

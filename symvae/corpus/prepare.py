"""Sources → a shard folder: every tune as ids, split by near-duplicate cluster, with its papers.

What is written (version 1), for each of train, validation and test:

    <split>.npz    ids (total_bar, position) uint8; tune_start (tune + 1,) int64, the first bar of
                   each tune and the number of bars; collection (tune,) int16, into the card's
                   list; tempo_qpm (tune,) float32
    card.json      origin and license of each collection, counts, reasons, seed, checksums
    tunes.csv      every tune: name, collection, title, split, cluster, bars
    dropped.csv    everything that was left out: what, reason, count, detail
    tokenizer.json the vocabulary

Whole tunes are kept, in their own key and with their rests: cutting windows, leaving out long
rests and transposing are the dataset's work. The folder appears in one moment, by renaming a
finished sibling, so a run that is killed leaves nothing half done. The same sources and seed give
the same bytes.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from symvae.corpus import card as papers
from symvae.corpus.cluster import clusters
from symvae.corpus.journal import journal_beside
from symvae.corpus.shards import FORMAT, SPLITS, VERSION
from symvae.corpus.split import split
from symvae.corpus.tune import Source, Tune
from symvae.errors import CorpusError
from symvae.music.reason import Dropped, Reason
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
    """Read ``sources`` to the end and write the shard folder ``out``; gives back its card.

    ``progress`` is called with the number of tunes so far. An ``out`` that already holds shards is
    replaced with ``force`` only, and a folder of anything else never. Raises `CorpusError`.
    """
    out = Path(out)
    if tokenizer not in TOKENIZERS:
        raise CorpusError(f"There are no {tokenizer!r} tokens. Known: {', '.join(TOKENIZERS)}.")
    _refuse_to_overwrite(out, force)
    tokens = TOKENIZERS[tokenizer](metre)
    tunes, dropped = _read(sources, tokens, progress)
    journal_beside(out).unlink(missing_ok=True)
    if not tunes:
        why = ", ".join(f"{reason} {n}" for reason, n in papers.reasons(dropped).items()) or "no files"
        first = next(
            (f" The first, {item.what}: {item.detail.rstrip('.')}." for item in dropped if item.detail), ""
        )
        raise CorpusError(
            f"Not one tune in {metre} is left to prepare ({why}).{first} Give other files or another metre."
        )
    cluster = clusters(tunes)
    split_of = split(tunes, cluster, seed)
    collections = sorted({tune.collection for tune in tunes})

    building = out.with_name(f".{out.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for name in SPLITS:
        chosen = [tune for tune, its_split in zip(tunes, split_of, strict=True) if its_split == name]
        np.savez(building / f"{name}.npz", **_arrays(chosen, collections, tokens))  # type: ignore[arg-type]
    tokens.save(building)
    papers.write_tunes(building / "tunes.csv", tunes, split_of, cluster.tolist())
    papers.write_dropped(building / "dropped.csv", dropped)
    card = {
        "format": FORMAT,
        "version": VERSION,
        "metre": metre,
        "positions": tokens.positions_per_bar,
        "vocabulary_size": tokens.vocabulary_size,
        "tokenizer": tokenizer,
        "collections": collections,
        "sources": papers.sources(collections),
        "counts": papers.counts(tunes, split_of, collections),
        "works": papers.works(tunes, dropped),
        "clusters": int(cluster.max()) + 1,
        "largest_cluster": int(np.bincount(cluster).max()),
        "dropped": papers.reasons(dropped),
        "seed": seed,
        "sha256": papers.checksums(building),
    }
    (building / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    _put_in_place(building, out)
    return card


def _refuse_to_overwrite(out: Path, force: bool) -> None:
    if out.is_file():
        raise CorpusError(f"{out} is a file. Name a folder for the shards.")
    if not out.is_dir() or not any(out.iterdir()):
        return
    if not (out / "card.json").is_file():
        raise CorpusError(f"{out} holds no shards but something else: it is left alone. Name another folder.")
    if not force:
        raise CorpusError(f"{out} already holds shards. Name another folder, or replace them with force.")


def _read(
    sources: Sequence[Source], tokenizer: Tokenizer, progress: Callable[[int], None] | None
) -> tuple[list[Tune], list[Dropped]]:
    """The tunes that the vocabulary can say, each once, and everything else with its reason."""
    tunes: list[Tune] = []
    dropped: list[Dropped] = []
    first_with: dict[bytes, str] = {}
    for item in (item for source in sources for item in source):
        thinned: list[Dropped] = []
        if isinstance(item, Tune):
            item, thinned = _thinned(item, tokenizer)
        fault = item if isinstance(item, Dropped) else _fault(item, tokenizer, first_with)
        if fault is not None:
            dropped.append(fault)
        elif isinstance(item, Tune):
            tunes.append(item)
            dropped += thinned
        if progress is not None:
            progress(len(tunes))
    return tunes, dropped


def _thinned(tune: Tune, tokenizer: Tokenizer) -> tuple[Tune, list[Dropped]]:
    """The tune with no bar fuller than a row of ids, and what had to go."""
    kept = tokenizer.fit(tune.phrase)
    gone = len(tune.phrase) - len(kept)
    report = [Dropped(tune.name, Reason.TOO_FULL, count=gone)] if gone else []
    return replace(tune, phrase=kept), report


def _fault(tune: Tune, tokenizer: Tokenizer, first_with: dict[bytes, str]) -> Dropped | None:
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
    # A copy in the same key, such as a part that is repeated note for note, would count double.
    notes = tokenizer.encode_phrase(phrase).tobytes()
    if notes in first_with:
        return Dropped(tune.name, Reason.DUPLICATE, f"the same notes as {first_with[notes]}")
    first_with[notes] = tune.name
    return None


def _arrays(tunes: Sequence[Tune], collections: list[str], tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    empty = np.empty((0, tokenizer.positions_per_bar), np.uint8)
    return {
        "ids": np.concatenate([empty, *(tokenizer.encode_phrase(t.phrase) for t in tunes)]),
        "tune_start": np.cumsum([0, *(t.phrase.grid.bars for t in tunes)], dtype=np.int64),
        "collection": np.array([collections.index(t.collection) for t in tunes], np.int16),
        "tempo_qpm": np.array([t.phrase.tempo_qpm for t in tunes], np.float32),
    }


def _put_in_place(building: Path, out: Path) -> None:
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    building.rename(out)
    shutil.rmtree(old, ignore_errors=True)

"""Prepare folders of one-shot drums: samples of one form, their classes, and a split by drum.

The class of a sound stands in the folder's ``index.csv`` (columns file and class; source, license and group
are kept), else in the name of its file or of a folder. All strokes of a group, and sounds that are nearly the
same, are in one split. Without an index a group is a folder and the words of a name without its
numbers, as "snare/birch" of "snare/birch-03.wav".

Synthetic sounds (`symvae.audio.analog_drums`) are added to the train split alone.
"""

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int16

from symvae.audio.analog_drums import Settings, draw_settings, play_analog
from symvae.audio.drum_sounds import CLASSES, class_of_name
from symvae.audio.one_shot import LONGEST_SEC, SAMPLE_RATE, SAMPLES, one_shot
from symvae.corpus.drops import DropLog
from symvae.corpus.folder_card import CARD_FILE
from symvae.corpus.shards import SPLITS, file_checksum
from symvae.corpus.sound_clusters import fingerprint, sound_clusters
from symvae.corpus.sound_shards import COLUMNS, FORMAT, SOUNDS_FILE, VERSION
from symvae.corpus.split import split
from symvae.corpus.tune import TuneEntry
from symvae.dsp.wav import FULL_SCALE, read_audio
from symvae.errors import AudioError, CorpusError
from symvae.files.table import read_records
from symvae.music.reason import Dropped, Reason
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder

#: Endings of sound files that are looked for.
SUFFIXES = (".wav", ".flac", ".ogg", ".aif", ".aiff", ".mp3")
INDEX_FILE = "index.csv"
#: Source of the synthetic sounds.
ANALOG = "analog synthesis"
#: Most synthetic sounds: 9 GB.
MOST_ANALOG = 100_000
_UNKNOWN = "unknown"


class Listed(NamedTuple):
    """A sound file as a folder lists it."""

    name: str
    """Path from the folder on."""
    path: Path
    drum: str | None
    """Its class; None where none is known."""
    source: str
    license: str
    group: str


class _Kept(NamedTuple):
    listed: Listed
    samples: Int16[np.ndarray, " sample"]


def prepare_sounds(
    folders: Sequence[Path],
    out: Path | str,
    *,
    analog: int = 0,
    seed: int = 0,
    force: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Read folders of one-shots and write them as one set of arrays.

    Args:
        folders: Folders of sound files, with or without an ``index.csv``.
        out: The folder to write.
        analog: Number of synthetic sounds for the train split, equally many of each class.
        seed: Of the split and of the synthetic sounds.
        force: Replace an ``out`` that holds prepared sounds.
        progress: Called after each file with the number of files read and their total.

    Returns:
        The card, as in card.json.

    Raises:
        CorpusError: A folder is missing or holds no sound of a known class, there are too many synthetic
            sounds, or ``out`` may not be written.
    """
    out = Path(out)
    if not 0 <= analog <= MOST_ANALOG:
        raise CorpusError(f"The number of synthetic sounds is from 0 to {MOST_ANALOG}, not {analog}.")
    _refuse_to_overwrite(out, force)
    listed = [each for folder in folders for each in list_sounds(folder)]
    with whole_folder(out, CorpusError, wait=False) as fresh:
        with DropLog(fresh / "dropped.csv") as drops:
            kept = list(_read(listed, drops, progress))
            if not kept:
                why = ", ".join(f"{reason} {count}" for reason, count in drops.reasons.items()) or "no files"
                raise CorpusError(
                    f"Not one sound is left to prepare ({why}). Give folders of WAV or FLAC files that are "
                    "named by drum, or add an index.csv with columns file and class."
                )
        prints = np.stack([fingerprint(each.samples / FULL_SCALE) for each in kept])
        cluster = sound_clusters([each.listed.group for each in kept], prints)
        split_of = _split(kept, cluster.tolist(), seed)
        synthetic = _synthesize(analog, seed)
        rows: list[dict[str, Any]] = [
            {
                "split": split_of[row],
                "file": each.listed.name,
                "class": each.listed.drum,
                "source": each.listed.source,
                "license": each.listed.license,
                "group": each.listed.group,
                "cluster": int(cluster[row]),
            }
            for row, each in enumerate(kept)
        ]
        fixed = {"split": "train", "source": ANALOG, "license": "CC0-1.0"}
        rows += [
            {**fixed, "file": name, "class": drum, "group": name, "cluster": number}
            for number, (name, drum, _) in enumerate(synthetic, int(cluster.max()) + 1)
        ]
        _write_arrays(fresh, kept, split_of, synthetic)
        _write_table(fresh / SOUNDS_FILE, COLUMNS, sorted(rows, key=lambda row: SPLITS.index(row["split"])))
        settings = [
            {"file": name, "setting": setting, "value": repr(value)}
            for name, _, values in synthetic
            for setting, value in values.items()
        ]
        _write_table(fresh / "analog.csv", ("file", "setting", "value"), settings)
        trained = sum(row["split"] == "train" for row in rows)
        card = {
            "format": FORMAT,
            "version": VERSION,
            "sample_rate": SAMPLE_RATE,
            "samples": SAMPLES,
            "classes": list(CLASSES),
            "sources": _sources(rows),
            "files": {"read": len(listed), "kept": len(kept)},
            "counts": _counts(rows),
            "clusters": int(cluster.max()) + 1,
            "analog": {"sounds": analog, "share_of_train": round(analog / max(trained, 1), 4)},
            "dropped": drops.reasons,
            "seed": seed,
            "sha256": {path.name: file_checksum(path) for path in sorted(fresh.iterdir())},
        }
        write_text(fresh / CARD_FILE, json.dumps(card, indent=2) + "\n", CorpusError)
    return card


def list_sounds(folder: Path) -> list[Listed]:
    """List the sound files of a folder, by its index or by their names.

    Raises:
        CorpusError: There is no such folder, or the index lacks a column.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CorpusError(f"There is no folder {folder}. Give a folder of sound files.")
    index = folder / INDEX_FILE
    if not index.is_file():
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        return [_by_name(folder, path) for path in paths]
    found = []
    for _, row in read_records(index, ("file", "class"), CorpusError):
        name, drum = row["file"], row["class"] if row["class"] in CLASSES else None
        source = row.get("source") or folder.name
        terms = row.get("license") or row.get("licence") or _UNKNOWN
        group = row.get("group") or f"{source}:{_without_numbers(name)}"
        found.append(Listed(name, folder / name, drum, source, terms, group))
    return found


def _by_name(folder: Path, path: Path) -> Listed:
    name = path.relative_to(folder).as_posix()
    group = f"{folder.name}:{_without_numbers(name)}"
    return Listed(name, path, class_of_name(name), folder.name, _UNKNOWN, group)


def _without_numbers(name: str) -> str:
    path = PurePath(name)
    return (path.parent / re.sub(r"[\W_]*\d+", "", path.stem)).as_posix()


def _read(listed: Sequence[Listed], drops: DropLog, progress: Callable[[int, int], None]) -> Iterator[_Kept]:
    """Sounds in their form; everything else is logged with its reason."""
    first_with: dict[bytes, str] = {}
    for done, each in enumerate(listed, 1):
        dropped, samples = None, None
        if each.drum is None:
            dropped = Dropped(each.name, Reason.NO_CLASS)
        else:
            try:
                audio = read_audio(each.path, max_sec=LONGEST_SEC)
            except AudioError as fault:
                dropped = Dropped(each.name, Reason.UNREADABLE, str(fault))
            else:
                try:
                    samples = np.rint(one_shot(audio) * FULL_SCALE).astype(np.int16)
                except AudioError as fault:
                    dropped = Dropped(each.name, Reason.SILENT, str(fault))
        if samples is not None:
            digest = hashlib.blake2b(samples.tobytes(), digest_size=16).digest()
            if digest in first_with:
                dropped = Dropped(each.name, Reason.DUPLICATE, f"the same sound as {first_with[digest]}")
            else:
                first_with[digest] = each.name
                yield _Kept(each, samples)
        if dropped is not None:
            drops.add([dropped])
        progress(done, len(listed))


def _split(kept: Sequence[_Kept], cluster: Sequence[int], seed: int) -> list[str]:
    """Deal clusters to the splits, each class by itself."""
    entries = [TuneEntry(each.listed.group, str(each.listed.drum), "", 1, 0.0) for each in kept]
    return split(entries, np.array(cluster), seed, released={})


def _synthesize(count: int, seed: int) -> list[tuple[str, str, Settings]]:
    """Name, class and settings of each synthetic sound."""
    drums = [CLASSES[number % len(CLASSES)] for number in range(count)]
    return [
        (f"analog/{drum}/{number:05d}", drum, draw_settings(drum, np.random.default_rng([seed, number])))
        for number, drum in enumerate(drums)
    ]


def _write_arrays(
    folder: Path,
    kept: Sequence[_Kept],
    split_of: Sequence[str],
    synthetic: Sequence[tuple[str, str, Settings]],
) -> None:
    for name in SPLITS:
        own = [each.samples for each, part in zip(kept, split_of, strict=True) if part == name]
        more = synthetic if name == "train" else ()
        shape = (len(own) + len(more), SAMPLES)
        if not shape[0]:
            np.save(folder / f"{name}.npy", np.zeros(shape, np.int16))
            continue
        array = np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.int16, shape)
        for row, samples in enumerate(own):
            array[row] = samples
        for row, (_, drum, settings) in enumerate(more, len(own)):
            array[row] = np.rint(play_analog(drum, settings) * FULL_SCALE).astype(np.int16)
        array.flush()
        del array


def _write_table(path: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    # A file may have a name that is no text.
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _sources(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """License terms and number of sounds of each source."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        entry = found.setdefault(row["source"], {"licenses": set(), "sounds": 0})
        entry["licenses"].add(row["license"])
        entry["sounds"] += 1
    return {name: {**entry, "licenses": sorted(entry["licenses"])} for name, entry in sorted(found.items())}


def _counts(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Number of sounds of each class in each split, and of all."""
    counts = {name: Counter(row["class"] for row in rows if row["split"] == name) for name in SPLITS}
    return {
        name: {"all": sum(count.values()), **{drum: count[drum] for drum in CLASSES if count[drum]}}
        for name, count in counts.items()
    }


def _refuse_to_overwrite(out: Path, force: bool) -> None:
    if out.is_file():
        raise CorpusError(f"{out} is a file. Name a folder for the sounds.")
    if not out.is_dir() or not any(out.iterdir()):
        return
    card = out / CARD_FILE
    if not card.is_file() or FORMAT not in card.read_text(encoding="utf-8", errors="replace")[:200]:
        raise CorpusError(
            f"{out} holds no prepared sounds but something else: it is left alone. Name another folder."
        )
    if not force:
        raise CorpusError(f"{out} already holds prepared sounds. Name another folder, or add --force.")

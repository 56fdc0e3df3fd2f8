"""Prepare folders of recordings: pieces of one length and rate, silence left out, split by file.

Files are read, converted and cut in a stream, so they may be of any length. Each channel is cut into pieces
of its own. A piece is silent where no sample reaches -60 dB of full scale; the last piece of a channel is
filled up with silence, and left out if it is shorter than a quarter of a piece.

Of many files, whole files are dealt to test and validation, about 8 % and 4 % of the pieces, in the order of
a hash of their names. Of fewer files than `FEW`, the end of each is held out instead.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int16

from symvae.corpus.drops import DropLog
from symvae.corpus.folder_card import CARD_FILE
from symvae.corpus.recording_shards import FORMAT, PIECE, VERSION
from symvae.corpus.shards import SPLITS, file_checksum
from symvae.corpus.sounds import SUFFIXES
from symvae.corpus.split import TEST_SHARE, VALIDATION_SHARE
from symvae.dsp.resample import resampled_blocks
from symvae.dsp.wav import FULL_SCALE, audio_blocks
from symvae.errors import AudioError, CorpusError
from symvae.music.reason import Dropped, Reason
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder

#: Level of silence: -60 dB of full scale.
SILENCE = 1e-3
#: Files from which on whole files are held out.
FEW = 20
#: Share of a piece that its last one must fill.
_FILLED = 0.25


class _File(NamedTuple):
    """Length and pieces of a file."""

    name: str
    channels: int
    seconds: float
    kept: int
    """Pieces, over all channels."""
    silent: int
    short: int
    """Last pieces that were too short."""


def prepare_recordings(
    folder: Path | str,
    out: Path | str,
    *,
    sample_rate: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Read a folder of recordings and write them as one set of arrays.

    Args:
        folder: Folder of sound files at any depth, or one file.
        out: The folder to write; an older one is replaced.
        sample_rate: Rate of the pieces in Hz.
        progress: Called after each file with the number of files read and their total.

    Returns:
        The card, as in card.json: files with their lengths, pieces of each split, what was left out and why.

    Raises:
        CorpusError: The folder is missing, holds too little sound, or ``out`` may not be written.
    """
    folder, out = Path(folder), Path(out)
    paths = _paths(folder)
    with whole_folder(out, CorpusError, wait=False) as fresh:
        with DropLog(fresh / "dropped.csv") as drops, (fresh / "pieces.raw").open("wb") as raw:
            files = []
            for done, (name, path) in enumerate(paths, 1):
                try:
                    file = _read(name, path, sample_rate, raw)
                except AudioError as fault:
                    drops.add([Dropped(name, Reason.UNREADABLE, str(fault))])
                else:
                    files.append(file)
                    drops.add(_drops(file, sample_rate))
                progress(done, len(paths))
            reasons = drops.reasons
        split_of = deal([(file.name, file.kept) for file in files])
        counts = _write_splits(fresh, split_of)
        (fresh / "pieces.raw").unlink()
        if min(counts.values()) < 1:
            seconds = sum(counts.values()) * PIECE / sample_rate
            raise CorpusError(
                f"{folder} holds {seconds:.0f} s of sound that is not silent, and at least "
                f"{3 * PIECE / sample_rate:.0f} s are needed to learn from and to measure on. Add recordings."
            )
        card = {
            "format": FORMAT,
            "version": VERSION,
            "sample_rate": sample_rate,
            "samples": PIECE,
            "files": [file._asdict() for file in files],
            "counts": counts,
            "seconds": {name: round(count * PIECE / sample_rate, 1) for name, count in counts.items()},
            "dropped": reasons,
            "sha256": {path.name: file_checksum(path) for path in sorted(fresh.iterdir())},
        }
        write_text(fresh / CARD_FILE, json.dumps(card, indent=2) + "\n", CorpusError)
    return card


def deal(files: Sequence[tuple[str, int]]) -> list[str]:
    """Deal pieces to the splits.

    Args:
        files: Name and number of pieces of each file, in the order of the pieces.

    Returns:
        The split of each piece.
    """
    if len(files) < FEW:
        return [each for _, count in files for each in _deal_ends(count)]
    total = sum(count for _, count in files)
    order = sorted(range(len(files)), key=lambda row: hashlib.sha256(files[row][0].encode()).digest())
    split_of, waiting = ["train"] * len(files), {"test": TEST_SHARE, "validation": VALIDATION_SHARE}
    for name, share in waiting.items():
        held = 0
        for row in order:
            if held >= share * total:
                break
            if split_of[row] == "train" and files[row][1]:
                split_of[row] = name
                held += files[row][1]
    return [split_of[row] for row, (_, count) in enumerate(files) for _ in range(count)]


def _deal_ends(count: int) -> list[str]:
    """The splits of one file's pieces: its end is held out, at least a piece each where there are three."""
    test, validation = (round(share * count) for share in (TEST_SHARE, VALIDATION_SHARE))
    if count >= len(SPLITS):
        test, validation = max(test, 1), max(validation, 1)
    return ["train"] * (count - test - validation) + ["validation"] * validation + ["test"] * test


def _paths(folder: Path) -> list[tuple[str, Path]]:
    if folder.is_file():
        return [(folder.name, folder)]
    if not folder.is_dir():
        raise CorpusError(f"There is no folder {folder}. Give a folder of recordings.")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        raise CorpusError(f"{folder} holds no sound files ({', '.join(SUFFIXES)}). Add recordings.")
    return [(path.relative_to(folder).as_posix(), path) for path in found]


def _read(name: str, path: Path, sample_rate: int, raw: Any) -> _File:
    """Append the pieces of a file, which are undone where the file turns out to be damaged."""
    start, kept, silent, short, length, channels = raw.tell(), 0, 0, 0, 0, 0
    try:
        waiting: Float[np.ndarray, "channel _"] | None = None
        for block in _converted(path, sample_rate):
            channels, length = len(block), length + block.shape[1]
            waiting = block if waiting is None else np.concatenate([waiting, block], 1)
            while waiting.shape[1] >= PIECE:
                for piece in waiting[:, :PIECE]:
                    kept, silent = (kept + 1, silent) if _append(piece, raw) else (kept, silent + 1)
                waiting = waiting[:, PIECE:]
        if waiting is not None and waiting.shape[1]:
            for rest in waiting:
                if len(rest) < _FILLED * PIECE:
                    short += 1
                elif _append(np.pad(rest, (0, PIECE - len(rest))), raw):
                    kept += 1
                else:
                    silent += 1
    except AudioError:
        raw.seek(start)
        raw.truncate()
        raise
    return _File(name, channels, round(length / sample_rate, 3), kept, silent, short)


def _converted(path: Path, sample_rate: int) -> Iterator[Float[np.ndarray, "channel _"]]:
    blocks = audio_blocks(path)
    first = next(blocks, None)
    if first is None:
        raise AudioError(f"{path} holds no samples. Give a recording of a second or more.")

    def every() -> Iterator[Float[np.ndarray, "channel _"]]:
        yield first.samples
        yield from (block.samples for block in blocks)

    return resampled_blocks(every(), first.sample_rate, sample_rate)


def _append(piece: Float[np.ndarray, " sample"], raw: Any) -> bool:
    """Write a piece that is not silent; samples beyond full scale make all of it softer."""
    peak = float(np.abs(piece).max())
    if peak < SILENCE:
        return False
    pcm: Int16[np.ndarray, " sample"] = np.rint(piece / max(peak, 1.0) * FULL_SCALE).astype("<i2")
    raw.write(pcm.tobytes())
    return True


def _drops(file: _File, sample_rate: int) -> list[Dropped]:
    found = []
    if file.silent:
        seconds = file.silent * PIECE / sample_rate
        found.append(Dropped(file.name, Reason.SILENT, f"{seconds:.1f} s below -60 dB", file.silent))
    if file.short:
        why = f"its last {_FILLED * PIECE / sample_rate:.1f} s or less of a channel"
        found.append(Dropped(file.name, Reason.CUT_OFF, why, file.short))
    return found


def _write_splits(folder: Path, split_of: Sequence[str]) -> dict[str, int]:
    """Write one array a split, piece by piece, so that memory holds one."""
    counts = {name: split_of.count(name) for name in SPLITS}
    if not all(counts.values()):
        return counts
    pieces = np.memmap(folder / "pieces.raw", "<i2", "r", shape=(len(split_of), PIECE))
    for name, count in counts.items():
        with (folder / f"{name}.npy").open("wb") as file:
            header = {"descr": "<i2", "fortran_order": False, "shape": (count, PIECE)}
            np.lib.format.write_array_header_1_0(file, header)
            for row, each in enumerate(split_of):
                if each == name:
                    file.write(pieces[row].tobytes())
    return counts

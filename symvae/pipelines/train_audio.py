"""Recordings of a run of an audio model, prepared once inside of its folder."""

from collections.abc import Callable
from pathlib import Path

from symvae.corpus.folder_card import CARD_FILE
from symvae.corpus.recording_shards import RecordingShards, open_recordings
from symvae.corpus.recordings import prepare_recordings

#: Folder of the prepared recordings within a run.
FOLDER = "recordings"


def recordings_of(
    recordings: Path,
    run: Path,
    sample_rate: int,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> RecordingShards:
    """Open prepared recordings: those given, those of the run, or else prepare them there.

    Args:
        recordings: Folder of sound files, one file, or a folder of prepared recordings.
        run: The run's folder.
        sample_rate: Rate of the model in Hz.
        progress: Called after each file with the number of files read and their total.

    Returns:
        The prepared recordings.

    Raises:
        CorpusError: The folder is missing, or holds too little sound.
    """
    if (recordings / CARD_FILE).is_file():
        return open_recordings(recordings)
    prepared = run / FOLDER
    if not (prepared / CARD_FILE).is_file():
        prepare_recordings(recordings, prepared, sample_rate=sample_rate, progress=progress)
    return open_recordings(prepared)


def summary(shards: RecordingShards) -> list[str]:
    """Describe what was read and what was left out.

    Args:
        shards: Prepared recordings.

    Returns:
        Lines of text.
    """
    seconds = shards.card["seconds"]
    read = sum(file["seconds"] for file in shards.card["files"])
    lines = [
        f"{len(shards.card['files'])} recordings, {read:.0f} s read at {shards.sample_rate} Hz; "
        + ", ".join(f"{name} {value:.0f} s" for name, value in seconds.items())
        + " over all channels"
    ]
    if shards.card["dropped"]:
        words = ", ".join(f"{reason} ×{count}" for reason, count in shards.card["dropped"].items())
        lines.append(f"left out: {words}; {shards.folder / 'dropped.csv'} names all")
    return lines

"""Harm of faders on whole held-out songs: each song faded by each of some edits, and compared with itself.

A folder of POP909 is read as `symvae prepare pop909` reads it; of any other, all music files are songs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from symvae.errors import CorpusError, MidiError
from symvae.music.io.music_files import music_files
from symvae.music.io.source import load_any
from symvae.music.reason import Dropped
from symvae.music.song import Song
from symvae.pipelines.words import counted

if TYPE_CHECKING:
    from symvae.corpus.shards import Shards
    from symvae.evaluation.harm import Harm
    from symvae.evaluation.progress import Progress
    from symvae.system.symvae import SymVAE

#: Songs that are measured, at most; the first in the order of their names.
MOST_SONGS, QUICK_SONGS = 10, 2
_MOST_NOTICES = 5


class Edit(NamedTuple):
    """Settings whose harm is measured."""

    name: str
    values: dict[str, float | str]
    hold: tuple[str, ...] = ()


#: Edits of about one standard deviation, and arousal from end to end; those without a fader are left out.
EDITS = (
    Edit("mean velocity +8", {"mean_velocity": "+8"}),
    Edit("articulation 0.7", {"articulation": 0.7}),
    Edit("register +12", {"register": "+12"}),
    Edit("notes per bar +4", {"notes_per_bar": "+4"}),
    Edit("rhythm density +0.1", {"rhythm_density": "+0.1"}),
    Edit("pitch range +4", {"pitch_range": "+4"}),
    Edit("arousal 0.1, tempo held", {"arousal": 0.1}, ("tempo",)),
    Edit("arousal 0.9, tempo held", {"arousal": 0.9}, ("tempo",)),
    Edit("arousal 0.1", {"arousal": 0.1}),
    Edit("arousal 0.9", {"arousal": 0.9}),
)


class SongHarm(NamedTuple):
    """Harm of each edit, mean over songs."""

    songs: int
    names: list[str]
    """File of each song, without its ending."""
    edits: "dict[str, Harm]"
    notices: tuple[str, ...]
    """Sentences about songs that were left out."""

    def to_json(self) -> dict[str, Any]:
        """Fields as in metrics.json."""
        return {"songs": self.songs, "names": self.names, "edits": self.edits}


def song_harm(
    model: "SymVAE",
    folder: Path,
    shards: "Shards | None" = None,
    *,
    split: str = "test",
    quick: bool = False,
    progress: "Progress",
) -> SongHarm:
    """Measure what the faders of a model harm in whole songs.

    Args:
        model: A model with faders.
        folder: Folder of songs.
        shards: The music that the model learned from: where songs of the folder are in it, those of the split
            are measured; else all are held to be unknown to the model.
        split: Held-out split to measure on.
        quick: Measure on fewer songs.
        progress: Called with the share that is done.

    Returns:
        Mean figures of each edit.

    Raises:
        CorpusError: The folder has no music, or no song that the model can read.
    """
    from symvae.corpus.sources.pop909 import original_songs
    from symvae.evaluation.harm import mean_of
    from symvae.pipelines.song_fade import fade_song

    files = original_songs(folder) or list(music_files(folder, CorpusError).files)
    notices = []
    if shards is not None:
        chosen = held_out_files(files, shards, split)
        if len(chosen) < len(files):
            notices.append(
                f"{counted(len(files) - len(chosen), 'song')} of {folder} left out: not in the split {split}"
            )
        files = chosen
    edits = [edit for edit in EDITS if edit.values.keys() <= model.faders.keys()]
    most = QUICK_SONGS if quick else MOST_SONGS
    names: list[str] = []
    rows: dict[str, list[Harm]] = {edit.name: [] for edit in edits}
    for file in files:
        if len(names) == most:
            break
        try:
            song = _song(file)
            for number, edit in enumerate(edits):
                hold = [name for name in edit.hold if name in model.faders]
                result = fade_song(song, edit.values, model=model, hold=hold)
                rows[edit.name].append(result.details.harm)
                progress("harm", (len(names) + (number + 1) / len(edits)) / min(most, len(files)))
            names.append(file.stem)
        except (MidiError, CorpusError) as fault:
            notices.append(f"left out: {file.name}: {fault}")
    if not names:
        reasons = "".join(f" {notice}." for notice in notices[:_MOST_NOTICES])
        raise CorpusError(f"No song of {folder} can be faded by {model.name}.{reasons}")
    means = {name: mean_of(each) for name, each in rows.items()}
    return SongHarm(len(names), names, means, tuple(notices[:_MOST_NOTICES]))


def _song(file: Path) -> Song:
    """A song; one of POP909's original folders is aligned with its beats."""
    from symvae.corpus.sources.pop909_align import load_aligned

    if not file.is_dir():
        return load_any(file)
    song = load_aligned(file, file.name)
    if isinstance(song, Dropped):
        raise CorpusError(f"{song}.")
    return song


def held_out_files(files: Sequence[Path], shards: "Shards", split: str) -> list[Path]:
    """Choose the files that are works of a split, by their names.

    Args:
        files: Files of songs.
        shards: Prepared music.
        split: Name of the split.

    Returns:
        The files whose name is that of a work of the split; all files where none is in the shards.
    """
    from symvae.corpus.cluster import work_name
    from symvae.corpus.shards import SPLITS

    works = {name: {Path(work_name(tune)).name for tune in shards.tune_names(name)} for name in SPLITS}
    known = set().union(*works.values())
    if not any(file.stem in known for file in files):
        return list(files)
    return [file for file in files if file.stem in works[split]]

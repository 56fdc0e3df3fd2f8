"""Drums of a song with the timing and dynamics of a drummer; all else of the song stays.

The hits stay: each note of the drum tracks moves within half a sixteenth and changes its velocity
(`symvae.music.hit_edit`). The timing is that of a player who is drawn, who played another file (``like``), or
of the hits of another file (``groove_from``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from symvae.arguments import checked
from symvae.attributes.dynamics import velocity_range
from symvae.attributes.groove_timing import laid_backness, swing_ratio
from symvae.errors import ConfigError
from symvae.music.hit_edit import HitEdit, Replayed, replay
from symvae.music.io.source import Music, load_any
from symvae.music.phrase import Phrase, join
from symvae.music.song import Song
from symvae.music.windows import windows
from symvae.pipelines.intake import Intake, read_windows
from symvae.pipelines.no_window import NoWindowError
from symvae.pipelines.one_song import check_place, save_song
from symvae.pipelines.output import Saved
from symvae.pipelines.tracks import tracks_read
from symvae.pipelines.words import counted
from symvae.system.groove import DEFAULT_GROOVE, TEMPERATURE, Groove

#: Attributes of a report, before and after.
_MEASURED = (laid_backness, swing_ratio, velocity_range)


@dataclass(frozen=True)
class Humanized:
    """A song whose drums are played by a drummer."""

    model: str
    intake: Intake
    phrases: tuple[Phrase, ...]
    """The windows as they are played now."""
    replayed: Replayed
    style: str | None
    amount: float
    source: str
    """Source of the touch, in words."""
    saved: Saved

    @property
    def song(self) -> Song:
        """The song."""
        return self.replayed.song

    @cached_property
    def measured(self) -> dict[str, tuple[float, float]]:
        """Attributes of timing and dynamics before and after."""
        before, after = join(self.intake.phrases), join(self.phrases)
        return {each.name: (each(before), each(after)) for each in _MEASURED}

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "input": self.intake.data(),
            "style": self.style,
            "amount": self.amount,
            "touch": self.source,
            "notes": {
                "moved": self.replayed.num_moved,
                "struck": self.replayed.num_struck,
                "kept": self.replayed.num_kept,
            },
            "attributes": {
                name: {"before": before, "after": after} for name, (before, after) in self.measured.items()
            },
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        style = f", {self.style}" if self.style else ""
        changed = (
            f"{counted(self.replayed.num_moved, 'hit')} moved, {self.replayed.num_struck} with another "
            f"velocity, {self.replayed.num_kept} as they were"
        )
        units = {each.name: each.unit for each in _MEASURED}
        return [
            *self.intake.lines(),
            f"{self.model}: {self.source}{style}, amount {self.amount:g}",
            changed,
            *(
                f"{name.replace('_', ' ')}: {round(before, 3):.3g} → {round(after, 3):.3g} {units[name]}"
                for name, (before, after) in self.measured.items()
            ),
        ]


@checked
def humanize_song(
    file: Music,
    *,
    model: Groove | str | Path = DEFAULT_GROOVE,
    style: str | None = None,
    amount: float = 1.0,
    temperature: float = TEMPERATURE,
    seed: int = 0,
    like: Music | None = None,
    groove_from: Music | None = None,
    track: str | int | None = None,
    device: str = "cpu",
    out: Path | None = None,
    force: bool = False,
) -> Humanized:
    """Give the drums of a song the timing and dynamics of a drummer.

    Args:
        file: A MIDI file, or music in any other form that `symvae.read` takes.
        model: Groove model, or its name or folder.
        style: Style of the drummer, one of the model's; None for any.
        amount: Share of the way from the song to the drummer, 0 to 1.
        temperature: Scale of the spread of single hits.
        seed: Same seed, same touch.
        like: Music whose player plays this song, too.
        groove_from: Music whose timing and dynamics are laid on this song's hits.
        track: Name or number of the drum track; by default all drum tracks.
        device: Device of a model that is loaded here.
        out: The MIDI file to write; None writes none.
        force: Overwrite an existing file.

    Returns:
        The song, with the report.

    Raises:
        ConfigError: The style is unknown, the amount is not from 0 to 1, or both ``like`` and ``groove_from``
            are given.
        NoWindowError: The song, or the other one, has no drums that the model can read.
    """
    if like is not None and groove_from is not None:
        raise ConfigError("Give one of like and groove_from: a player, or the timing of single hits.")
    check_place(out, force)
    groove = model if isinstance(model, Groove) else Groove.load(model, device)
    intake = _drums_of(file, groove, track)
    if not any(map(len, intake.phrases)):
        raise NoWindowError(f"{intake.file} has no hit to play.", "Choose another track or file.")
    others = {
        name: _drums_of(music, groove)
        for name, music in (("like", like), ("groove_from", groove_from))
        if music is not None
    }
    phrases = groove.humanize(
        intake.phrases,
        style=style,
        amount=amount,
        temperature=temperature,
        seed=seed,
        **{name: other.phrases for name, other in others.items()},
    )
    replayed = put_hits_back(intake, phrases)
    words = {"like": "the player of {}", "groove_from": "timing and dynamics of {}"}
    source = [words[name].format(other.file) for name, other in others.items()]
    saved = save_song(replayed.song, out, force)
    return Humanized(
        groove.name,
        intake,
        tuple(phrases),
        replayed,
        style,
        amount,
        source[0] if source else f"a player drawn with seed {seed}",
        saved,
    )


def _drums_of(file: Music, groove: Groove, track: str | int | None = None) -> Intake:
    """Read the drums of a song; a song without says how to get some."""
    try:
        return read_windows(file, groove, track)
    except NoWindowError as error:
        remedy = "Choose a song with drums in 4/4."
        song = load_any(file)
        has_drums = any(part.is_drum and len(part) for part in song.tracks)
        if not has_drums and windows(song, groove.grid).phrases:
            remedy = f"{remedy[:-1]}, or write drums to this one with `symvae drumify`."
        raise NoWindowError(error.fault, error.remedy or remedy) from error


def put_hits_back(intake: Intake, phrases: Sequence[Phrase]) -> Replayed:
    """Write the touch of played windows into their song.

    Args:
        intake: The song and its windows.
        phrases: The windows with other velocities and offsets.

    Returns:
        The song.
    """
    edits = [
        HitEdit(before, after, at_tick)
        for before, after, at_tick in zip(intake.phrases, phrases, intake.reading.start_tick, strict=True)
    ]
    return replay(intake.song, tracks_read(intake.song, intake.reading.track, drums=True), edits)

"""What `symvae fade` tells of its work: for a person in lines and a table, for a script as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symvae.cli.console import counted, show, show_table
from symvae.pipelines.automation import Lane, Wish
from symvae.pipelines.intake import Taken, bar_spans, not_read_in_words, track_in_words
from symvae.pipelines.song_fade import MOST_ROWS, Faded, Thinned, tracks_read, unchanged

if TYPE_CHECKING:
    from symvae.system.faders.request import Fader


@dataclass(frozen=True)
class FadeReport:
    """The song, what was asked of its phrases, and what became of them."""

    model: str
    faders: Mapping[str, "Fader"]
    taken: Taken
    lanes: Mapping[str, Lane]
    faded: Sequence[Faded]
    too_full: Sequence[Thinned]
    num_cut: int
    """Notes of unchanged bars that end sooner, where a new note starts."""
    num_bends: int
    """Pitch bends of faded bars, which are gone with the notes there."""
    left_out: Mapping[str, int]
    """How many events of each kind the file has that no song holds."""
    beyond: Sequence[int]
    """Bars, from 0, that values are given for and that the song does not have."""
    best_of: int
    decodes_each: int
    """What a version cost: as many, and where edits are grafted one more, of the phrase as it was."""
    files: Sequence[Path]

    @property
    def changed(self) -> list[Faded]:
        """The versions that were decoded; the others had what is asked for."""
        return [each for each in self.faded if not each.stays]

    @property
    def num_tempo_changes(self) -> int:
        """Changes of the song's tempo that fall away, where bars of a phrase have one tempo now."""
        return sum(each.tempo_changes for each in self.faded)

    @property
    def merged(self) -> list[int]:
        """The tracks whose faded bars stand in one track now; none where one track was read."""
        tracks = tracks_read(self.taken)
        return tracks if len(tracks) > 1 and self.changed else []

    def data(self) -> dict[str, Any]:
        """All of it as plain data."""
        stays = unchanged(self.taken, self.faded)
        return {
            "model": self.model,
            "input": self.taken.report(),
            "faders": self.figures(),
            "phrases": [self._phrase(each) for each in self.faded],
            "unchanged": [{"bars": words, "why": why} for words, why in stays],
            "too_full": [{"bar": each.bar + 1, "notes": each.notes} for each in self.too_full],
            "tracks_merged": self.merged,
            "notes_cut": self.num_cut,
            "pitch_bends_left_out": self.num_bends,
            "not_written": dict(self.left_out),
            "tempo_changes_left_out": self.num_tempo_changes,
            "bars_beyond_the_song": [bar + 1 for bar in self.beyond],
            "decodes": len(self.changed) * self.decodes_each,
            "files": [str(path) for path in self.files],
        }

    def show(self) -> None:
        """The same for a person."""
        for line in [*self._account(), *self._out_of_reach()]:
            show(line)
        rows = [
            (
                name,
                each["unit"],
                f"{each['low']:.4g} … {each['high']:.4g}",
                each["asked"] or "–",
                *(number(each[key]) for key in ("before", "achieved", "mean_absolute_error")),
            )
            for name, each in self.figures().items()
        ]
        show_table(("fader", "unit", "reach", "asked", "before", "achieved", "error"), rows, left=("unit",))
        count = len(self.taken.phrases)
        if count > MOST_ROWS and any(path.suffix == ".png" for path in self.files):
            show(f"the picture shows the first {MOST_ROWS} of {count} phrases")
        for path in self.files:
            show(str(path))

    def _phrase(self, faded: Faded) -> dict[str, Any]:
        from symvae.music.bars import bars_in_words

        bars = bars_in_words([(bar, bar + 1) for bar in faded.version.bars])
        return {
            "phrase": self.taken.spans[faded.version.row],
            "bars": bars.split(" ", 1)[1],
            "asked": faded.asked,
            "aimed": faded.aimed,
            "before": faded.before,
            "achieved": faded.achieved,
            "tempo_qpm": faded.phrase.tempo_qpm,
            "notes": faded.notes,
        }

    def figures(self) -> dict[str, dict[str, Any]]:
        """Each fader over the versions that ask for it; over all of them where none does."""
        figures: dict[str, dict[str, Any]] = {}
        for name, fader in self.faders.items():
            asking = [each for each in self.faded if name in each.asked]
            missed = [abs(each.achieved[name] - each.aimed[name]) for each in asking]
            figures[name] = {
                "unit": fader.unit,
                "low": fader.low,
                "high": fader.high,
                "asked": _asked_words(list(self.lanes[name].values())) if asking else None,
                "before": _mean([each.before[name] for each in asking or self.faded]),
                "achieved": _mean([each.achieved[name] for each in asking or self.faded]),
                "mean_absolute_error": _mean(missed) if asking else None,
            }
        return figures

    def _account(self) -> list[str]:
        """What was read, what stays, what falls away and what it cost."""
        from symvae.music.bars import bars_in_words

        taken, reading, track = self.taken, self.taken.reading, self.taken.reading.track
        chosen = "" if track is None else f", {track_in_words(track)}"
        spans = bars_in_words(bar_spans(reading))
        lines = [f"{taken.file}: {spans} in {counted(len(taken.phrases), 'phrase')}{chosen}"]
        lines += not_read_in_words(taken.song, track)
        if self.merged:
            names = ", ".join(f"{index} {taken.song.tracks[index].name!r}" for index in self.merged)
            bare = any(len(taken.song.tracks[index].controls) for index in self.merged)
            pedal = ", without pedal or other controllers" if bare else ""
            lines.append(f"  merged: tracks {names}; faded bars stand in one track, 'piano'{pedal}")
        lines += [f"  unchanged: {bars}: {why}" for bars, why in unchanged(taken, self.faded)]
        for title, bars in zip(taken.titles, taken.silent_bars, strict=True):
            if bars:
                lines.append(f"  {counted(bars, 'bar')} of silence added after {title}, to fill the phrase")
        if reading.mean_shift_step:
            lines.append(f"  moved to the sixteenth grid by {reading.mean_shift_step:.3f} steps on average")
        if reading.num_cut:
            lines.append(
                f"  {counted(reading.num_cut, 'note')} read as shorter, up to where the next one starts"
            )
        rest = [dropped for dropped in reading.dropped if dropped.what not in ("window", "section")]
        lines += [f"  not read: {dropped}" for dropped in rest]
        lines += [
            f"  {bars_in_words([(bar, bar + 1)])} is too full: its {counted(notes, 'softest note')} not read"
            for bar, notes in self.too_full
        ]
        if self.num_cut:
            cut = counted(self.num_cut, "note")
            lines.append(f"  {cut} of unchanged bars cut short, where a faded bar starts")
        if self.num_bends:
            lines.append(f"  {counted(self.num_bends, 'pitch bend')} of faded bars left out")
        if self.left_out:
            words = ", ".join(counted(number, name) for name, number in self.left_out.items())
            lines.append(f"  not written: {words}")
        if self.num_tempo_changes:
            changes = counted(self.num_tempo_changes, "tempo change")
            lines.append(f"  {changes} left out: where the tempo is set, a phrase has one")
        if self.beyond:
            words = bars_in_words([(bar, bar + 1) for bar in self.beyond])
            lines.append(f"  not in the song: {words}, which values are given for")
        times = f", {self.best_of} times each" if self.best_of > 1 else ""
        cost = counted(len(self.changed) * self.decodes_each, "decode")
        phrases = counted(len({each.version.row for each in self.changed}), "phrase")
        lines.append(f"{phrases} faded in {counted(len(self.changed), 'version')}{times}: {cost}")
        return lines

    def _out_of_reach(self) -> list[str]:
        """One line for each fader that was asked for more than the model knows."""
        lines = []
        for name, fader in self.faders.items():
            asked = [each.asked[name] for each in self.changed if name in each.asked]
            beyond = sorted(value for value in asked if fader.nearest(value) != value)
            if not beyond:
                continue
            reach = f"beyond the model's reach ({fader.low:.4g} to {fader.high:.4g})"
            nearest = f"{fader.nearest(beyond[0]):.4g}"
            if beyond[0] == beyond[-1]:
                lines.append(f"{name} {beyond[0]:.4g} is {reach}: the nearest, {nearest}, was used")
            else:
                lines.append(
                    f"{name} {beyond[0]:.4g} to {beyond[-1]:.4g} is {reach} in {len(beyond)} of {len(asked)} "
                    "versions: the nearest was used"
                )
        return lines


def _asked_words(wishes: Sequence[Wish]) -> str:
    """ "6", "+5", "2 … 8" for many."""
    words = [wish if isinstance(wish, str) else f"{wish:.4g}" for wish in wishes]
    ordered = sorted(set(words), key=float)
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} … {ordered[-1]}"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def number(value: float | None) -> str:
    """Four digits, or a dash for what is not known."""
    return "–" if value is None else f"{value:.4g}"

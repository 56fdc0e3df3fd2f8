"""Report on a faded song: lines of text for a person, plain data for a script."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symvae.attributes.table import ATTRIBUTES
from symvae.evaluation.harm import Harm
from symvae.evaluation.harm import harm as harm_of
from symvae.evaluation.result import as_json
from symvae.music.bars import bars_in_words
from symvae.music.song import Song
from symvae.music.splice import Spliced, TrackEdits
from symvae.pipelines.automation import Lane, Setting
from symvae.pipelines.exact_report import ExactEdit, exact_edit_data, exact_edits_in_words
from symvae.pipelines.fade_valence import ValenceMove
from symvae.pipelines.harm_words import harm_in_words
from symvae.pipelines.intake import Intake
from symvae.pipelines.kept_words import kept_in_words, not_reached
from symvae.pipelines.song_chords import SongChords
from symvae.pipelines.spans import bar_spans
from symvae.pipelines.thinning import Thinned
from symvae.pipelines.timing_words import second_hits_in_words, timing_in_words
from symvae.pipelines.tracks import track_in_words, tracks_read, unread_tracks_in_words
from symvae.pipelines.version import Faded
from symvae.pipelines.words import counted, model_in_words
from symvae.system.faders.request import Fader


@dataclass(frozen=True)
class FadeReport:
    """The song, the settings of its phrases, and the achieved values."""

    model: str
    faders: Mapping[str, Fader]
    """Every fader of the model."""
    intake: Intake
    lanes: Mapping[str, Lane]
    """Settings by fader and bar."""
    faded: Sequence[Faded]
    too_full: Sequence[Thinned]
    spliced: Spliced
    """The faded song, and what became of its notes."""
    beyond: Sequence[int]
    """Bars, from 0, with settings that the song does not have."""
    best_of: int
    decodes_each: int
    """Decodes of each version: ``best_of``, and those beside (`SymVAE.decodes_beside`)."""
    why: str = ""
    """Reason of the choice of the model; empty where it was named."""
    on_notes: bool = False
    """No model was needed."""
    exact: Collection[str] = ()
    """Faders that were set on the notes themselves."""
    arranged: Collection[str] = ()
    """Faders that are arranged on the notes, with new notes beside them."""
    edits: Sequence[ExactEdit] = ()
    """These edits."""
    kept: Sequence[str] = ()
    """Locks, by their words and tracks."""
    valence: ValenceMove | None = None
    """Move of the valence, before all faders; None where none was asked for."""
    chords: SongChords | None = None
    """Chords that bound new notes beside what is kept."""
    original: Song | None = None
    """The song before its valence was moved."""

    @property
    def changed(self) -> list[Faded]:
        """The versions that were decoded; the others had all values already."""
        return [each for each in self.faded if not each.unchanged]

    @property
    def num_tempo_changes(self) -> int:
        """Tempo changes of the song that were removed, where the bars of a phrase get one tempo."""
        return sum(each.tempo_changes for each in self.faded)

    @cached_property
    def harm(self) -> Harm:
        """Harm of the fade to the rest of the music (`symvae.evaluation.harm`)."""
        reading = self.intake.reading
        tracks = tracks_read(self.intake.song, reading.track, reading.drums)
        seams = set(reading.start_bar) & set(reading.end_bar)
        return harm_of(self.original or self.intake.song, self.spliced.song, tracks, seams)

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        unchanged = unchanged_bars(self.intake, self.faded)
        return {
            "model": self.model,
            "model_chosen": self.why or None,
            "input": self.intake.data(),
            "faders": self.figures(),
            "phrases": [self._phrase(each) for each in self.faded],
            "kept": list(self.kept),
            "chords": self._chords.data() if self._chords else None,
            "not_reached": [each._asdict() for each in not_reached(self.faded, self.faders)],
            "exact_edits": [exact_edit_data(edit) for edit in self.edits],
            "unchanged": [{"bars": words, "why": why} for words, why in unchanged],
            "too_full": [{"bar": each.bar + 1, "notes": each.notes} for each in self.too_full],
            "tracks": [edit._asdict() for edit in self.spliced.edits],
            "notes_cut": sum(edit.cut for edit in self.spliced.edits),
            "pitch_bends_left_out": self.spliced.num_bends,
            "pedals_pressed_again": self.spliced.num_pedals,
            "tempo_changes_left_out": self.num_tempo_changes,
            "bars_beyond_the_song": [bar + 1 for bar in self.beyond],
            "decodes": self._num_decodes,
            "harm": as_json(self.harm),
            **({} if self.valence is None else {"valence": self.valence.data()}),
        }

    def lines(self) -> list[str]:
        """The report as lines of text: input, drops, cost, and values out of range."""
        moved = [] if self.valence is None else [self.valence.line()]
        return [*self._model_in_words(), *moved, *self._account(), *self._out_of_range()]

    def _phrase(self, faded: Faded) -> dict[str, Any]:
        bars = bars_in_words([(bar, bar + 1) for bar in faded.version.bars])
        return {
            "phrase": self.intake.spans[faded.version.row],
            "bars": bars.split(" ", 1)[1],
            "asked": faded.asked,
            "aimed": faded.aimed,
            "before": faded.before,
            "achieved": faded.achieved,
            "tempo_qpm": faded.phrase.tempo_qpm,
            "notes": faded.notes,
        }

    def figures(self) -> dict[str, dict[str, Any]]:
        """Range and mean values of each fader, over the versions that set it or, if none does, over all."""
        figures: dict[str, dict[str, Any]] = {}
        for name, fader in self.faders.items():
            asking = [each for each in self.faded if name in each.asked]
            missed = [abs(each.achieved[name] - each.aimed[name]) for each in asking]
            if name in self.exact:  # phrases with one setting are edited alike: their mean has to meet it
                by_setting: dict[Setting, list[float]] = {}
                for each in asking:
                    miss = each.achieved[name] - each.aimed[name]
                    by_setting.setdefault(each.version.settings[name], []).append(miss)
                missed = [abs(_mean(values)) for values in by_setting.values()]
            way = "notes" if name in self.exact or name in self.arranged else "latent"
            figures[name] = {
                "unit": fader.unit,
                "low": fader.low,
                "high": fader.high,
                "asked": _asked_words(list(self.lanes[name].values())) if asking else None,
                "before": _mean([each.before[name] for each in asking or self.faded]),
                "achieved": _mean([each.achieved[name] for each in asking or self.faded]),
                "mean_absolute_error": _mean(missed) if asking else None,
                "via": way if asking else None,
            }
        return figures

    def _model_in_words(self) -> list[str]:
        if self.on_notes:
            voices = "" if self.intake.reading.track is not None else ", in all voices"
            return [f"no model: what is set moves the notes themselves{voices}"]
        return model_in_words(self.model, self.why)

    def _account(self) -> list[str]:
        """Input, unchanged bars, drops and cost."""
        intake, reading, track = self.intake, self.intake.reading, self.intake.reading.track
        chosen = "" if track is None else f", {track_in_words(track)}"
        spans = bars_in_words(bar_spans(reading))
        lines = [f"{intake.file}: {spans} in {counted(len(intake.phrases), 'phrase')}{chosen}"]
        lines += [f"  repaired: {each}" for each in intake.song.repairs]
        lines += unread_tracks_in_words(intake.song, track)
        lines += [f"  unchanged: {bars}: {why}" for bars, why in unchanged_bars(intake, self.faded)]
        for title, bars in zip(intake.titles, intake.silent_bars, strict=True):
            if bars:
                lines.append(f"  {counted(bars, 'bar')} of silence added after {title}, to fill the phrase")
        lines += [f"  {line}" for line in timing_in_words(reading.timing)]
        if reading.num_cut:
            lines.append(
                f"  {counted(reading.num_cut, 'note')} shortened in reading, where the next one starts"
            )
        lines += second_hits_in_words(reading)
        rest = [dropped for dropped in reading.dropped if dropped.what not in ("window", "section")]
        lines += [f"  not read: {dropped}" for dropped in rest]
        lines += [
            f"  {bars_in_words([(bar, bar + 1)])} has too many notes: its {counted(notes, 'softest note')} "
            "not read, and kept"
            for bar, notes in self.too_full
        ]
        lines += [self._chords.line()] if self._chords else []
        if self.kept and any(each.decoded for each in self.faded):
            lines += kept_in_words(self.kept, not_reached(self.faded, self.faders))
        lines += exact_edits_in_words(self.edits)
        lines += self._edits()
        if self.spliced.num_bends:
            lines.append(f"  {counted(self.spliced.num_bends, 'pitch bend')} of changed notes left out")
        if self.spliced.num_pedals:
            places = counted(self.spliced.num_pedals, "place")
            lines.append(f"  pedal pressed again in {places}, where new notes meet old ones")
        if self.num_tempo_changes:
            changes = counted(self.num_tempo_changes, "tempo change")
            lines.append(f"  {changes} left out: a phrase whose tempo is set has one tempo")
        if self.beyond:
            words = bars_in_words([(bar, bar + 1) for bar in self.beyond])
            lines.append(f"  not in the song: {words}, although values are given for them")
        lines += harm_in_words(self.harm)
        times = f", {self.best_of} decodes to choose from" if self.best_of > 1 else ""
        cost = counted(self._num_decodes, "decode")
        phrases = counted(len({each.version.row for each in self.changed}), "phrase")
        lines.append(f"{phrases} faded in {counted(len(self.changed), 'version')}{times}: {cost}")
        return lines

    @property
    def _chords(self) -> SongChords | None:
        """The chords, if any new note was bound by them."""
        if self.chords is None or not any(each.decoded for each in self.faded):
            return None
        return self.chords if self.kept or self.chords.asked_for else None

    @property
    def _num_decodes(self) -> int:
        arranged = {*self.arranged, *self.exact}
        return self.decodes_each * sum(
            each.decoded and not arranged.issuperset(each.asked) for each in self.faded
        )

    def _edits(self) -> list[str]:
        """One line for each track with changed notes."""
        return [
            f"  track {edit.track} {self.intake.song.tracks[edit.track].name!r}: {_edit_words(edit)}"
            for edit in self.spliced.edits
            if edit.changed + edit.replaced + edit.removed + edit.added + edit.transposed
        ]

    def _out_of_range(self) -> list[str]:
        """One line for each fader with settings beyond its range."""
        lines, on_notes = [], {edit.fader for edit in self.edits}
        for name, fader in self.faders.items():
            if name in on_notes:
                lines += self._beyond_music(name)
                continue
            asked = [each.asked[name] for each in self.changed if name in each.asked]
            beyond = sorted(value for value in asked if fader.nearest(value) != value)
            if not beyond:
                continue
            limits = f"out of its range ({fader.low:.4g} to {fader.high:.4g})"
            nearest = f"{fader.nearest(beyond[0]):.4g}"
            if beyond[0] == beyond[-1]:
                lines.append(f"{name} {beyond[0]:.4g} is {limits}: the nearest, {nearest}, was used")
            else:
                lines.append(
                    f"{name} {beyond[0]:.4g} to {beyond[-1]:.4g} is {limits} in {len(beyond)} of "
                    f"{len(asked)} versions: the nearest was used"
                )
        return lines

    def _beyond_music(self, name: str) -> list[str]:
        """A line where an exact edit was asked for a value that no music has."""
        low, high = ATTRIBUTES[name].bounds
        set_to = [each for each in self.faded if not isinstance(each.version.settings.get(name, ""), str)]
        asked = [each.asked[name] for each in set_to]
        if all(low <= value <= high for value in asked):
            return []
        farthest = max(asked, key=lambda value: max(low - value, value - high))
        nearest = min(max(farthest, low), high)
        return [f"{name} {farthest:.4g} is outside of {low:.4g} to {high:.4g}: {nearest:.4g} was used"]


def _edit_words(edit: TrackEdits) -> str:
    """Numbers of notes as "8 notes kept, 2 replaced, 1 new"."""
    numbers = {
        "changed in loudness or length": edit.changed,
        "transposed": edit.transposed,
        "replaced": edit.replaced,
        "removed": edit.removed,
        "new": edit.added,
        "shortened, where a new one starts": edit.cut,
    }
    words = [f"{number} {word}" for word, number in numbers.items() if number]
    return ", ".join([f"{counted(edit.kept, 'note')} kept", *words])


def _asked_words(settings: Sequence[Setting]) -> str:
    """One setting as "6" or "+5", several as "2 … 8"."""
    words = [each if isinstance(each, str) else f"{each:.4g}" for each in settings]
    ordered = sorted(set(words), key=float)
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} … {ordered[-1]}"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def unchanged_bars(intake: Intake, faded: Sequence[Faded]) -> list[tuple[str, str]]:
    """Bars that stay as they are, with the reason.

    Args:
        intake: Windows of the song.
        faded: The versions.

    Returns:
        Bars in words and reason: ("bars 9-10", "not asked for").
    """
    asked = {bar for each in faded for bar in each.version.bars}
    rest = [bar for start, end in bar_spans(intake.reading) for bar in range(start, end) if bar not in asked]
    met = sorted(bar for each in faded if each.unchanged for bar in each.version.bars)
    found = [
        (bars_in_words([(bar, bar + 1) for bar in bars]), why)
        for bars, why in ((rest, "not asked for"), (met, "as asked for already"))
        if bars
    ]
    for dropped in intake.reading.dropped:
        if dropped.what in ("window", "section"):
            bars, _, why = dropped.detail.partition(": ")
            found.append((bars, why))
    return found

"""Paths between two melodies, and squares between four."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from symvae.attributes.key import key_name
from symvae.errors import ConfigError
from symvae.music.arrangement import AnyPhrase, pitched_of
from symvae.music.io.source import Music, pieces
from symvae.pipelines.intake import Intake
from symvae.pipelines.match import Match, match_tokens
from symvae.pipelines.needs import INTERPOLATE
from symvae.pipelines.output import IN_MEMORY, Draw, Output, Saved, numbered
from symvae.pipelines.preflight import check
from symvae.pipelines.tracks import Tracks, each_track
from symvae.pipelines.trial import AnyModel, Source, one_window
from symvae.pipelines.whole_tunes import equally_long, tune_around, whole_tunes
from symvae.pipelines.words import model_in_words
from symvae.system.morph import Morph
from symvae.system.path_model import PATHS
from symvae.system.symvae import SymVAE

ENDS = ("start", "end")
CORNERS = ("top left", "top right", "bottom left", "bottom right")


@dataclass(frozen=True)
class MorphResult:
    """Phrases on a path from start to end, or on a square row by row."""

    model: str
    intakes: list[Intake]
    phrases: list[AnyPhrase]
    path: str
    """"search", "slerp" or "lerp"."""
    ends: dict[str, Match]
    """Agreement of each end, or corner, with its source; empty for a searched path, whose ends are exact."""
    saved: Saved
    why: str = ""
    """Reason of the choice of the model; empty where it was named."""
    morph: Morph | None = None
    """Figures of a searched path between two; None for other paths and for squares."""
    keep: str | None = None
    """"rhythm" or "pitch" of the first melody, where all steps keep it."""
    fitted: tuple[str, ...] = ()
    """A sentence for each whole tune that was repeated or cut."""

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "model_chosen": self.why or None,
            "inputs": [each.data() for each in self.intakes],
            "fitted": list(self.fitted),
            "path": self.path,
            "kept": self.keep,
            **({} if self.morph is None else _figures(self.morph)),
            "ends": {label: match._asdict() for label, match in self.ends.items()},
            "files": self.saved.names,
        }

    @property
    def _ends_in_words(self) -> str:
        if self.path != "search":
            return " in z"
        if self.keep:
            return f"; all steps keep the {self.keep} of the first melody"
        exact = all(each.exact[0] for each in self.intakes)
        return f"; its ends are the melodies {'of the files' if exact else 'as read on the grid'}"

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        return [
            *model_in_words(self.model, self.why),
            *(line for each in self.intakes for line in each.lines()),
            *self.fitted,
            f"path: {self.path}{self._ends_in_words}",
            *([] if self.morph is None else _table(self.morph)),
            *(f"{label} reconstructed: {match}" for label, match in self.ends.items()),
        ]


def interpolate(
    files: Music | Iterable[Music],
    model: AnyModel | None = None,
    steps: int = 7,
    *,
    bars: Iterable[int | None] = (None,),
    track: Tracks = None,
    path: str | None = None,
    keep: str | None = None,
    in_key: bool = False,
    whole: str | None = None,
    temperature: float = 0.0,
    seed: int = 0,
    device: str = "cpu",
    output: Output = IN_MEMORY,
) -> MorphResult:
    """Find a path of melodies between those of two files, or a square between four.

    Args:
        files: Two files, or music in any form that `symvae.read` takes, for a path; four for a square: top
            left, top right, bottom left, bottom right.
        model: The model, or its name or folder; by default the best released one for the music.
        steps: Phrases from end to end, both included; of a square, on each side.
        bars: First bar to read, from 1: one for all files, or one for each. None: the first window, or with
            ``whole`` the first bar with music.
        track: Name or number of the track to read in all files, or a sequence with one for each.
        path: "search" (each step is a melody, the ends are exact), "slerp" (on the sphere of the prior) or
            "lerp" (straight, two files only). None: the first where the model has a language model and there
            is no temperature, else the second.
        keep: "rhythm" or "pitch" of the first melody, kept by all steps of a searched path.
        in_key: Bring the second melody into the key of the first on a searched path; the last step alone is
            in its own key. Keys are those of the tunes from the bars that are read to their ends. Not
            together with ``keep="pitch"``.
        whole: "repeat" or "cut": search a path between whole tunes, the shorter ones repeated or the longer
            ones cut.
        temperature: Temperature of the decoder on a path that is not searched; 0 takes the most likely token.
        seed: 0 finds the cheapest of the searched paths, each other one another; of the other paths, the seed
            of the decoder.
        device: Device of a model that is loaded here.
        output: Settings of the result files.

    Returns:
        The phrases, with distance, cost and origin of each step, or the reconstruction of each end.

    Raises:
        ConfigError: There are neither two nor four files, or not one bar or track for each, or settings
            contradict each other.
    """
    files, bars = pieces(files), list(bars)
    if len(files) not in (2, 4):
        raise ConfigError(f"Interpolation takes two files, or four for a square, not {len(files)}.")
    if len(bars) not in (1, len(files)):
        raise ConfigError(
            f"There are {len(bars)} bars for {len(files)} files. Give one for all, or one each."
        )
    square = len(files) == 4
    path = _checked_path(path, square, keep, in_key, whole, temperature)
    names = _square_names(steps) if square else numbered("step", steps)
    places = zip(files, each_track(track, len(files)), [*bars] * (len(files) // len(bars)), strict=True)
    sources = [Source(*place) for place in places]
    checked = check(
        replace(INTERPOLATE, language=path == "search"),
        model,
        sources,
        whole_tunes(sources, whole) if whole else one_window,
        lambda found: output.plan(names, "square" if square else "path", columns=steps if square else 1),
        device=device,
    )
    vae, intakes = checked.load(), checked.intakes
    path = vae.path_of(path, temperature)
    music, fitted = equally_long(intakes, whole) if whole else ([each.phrases[0] for each in intakes], [])
    found: Morph | None = None
    if square:
        top_left, top_right, bottom_left, bottom_right = music
        rows = vae.interpolate_corners(
            top_left, top_right, bottom_left, bottom_right, steps, path=path, seed=seed
        )
        phrases = [phrase for row in rows for phrase in row]
        ends = [rows[0][0], rows[0][-1], rows[-1][0], rows[-1][-1]]
        titles = [name.removeprefix("square-") for name in names]
    else:
        a, b = music
        if path == "search":
            pairs = zip(sources, music, strict=True)
            tune_a, tune_b = (tune_around(source, checked.facts, window) for source, window in pairs)
            found = vae.morph(a, b, steps, keep=keep, in_key=in_key, tunes=(tune_a, tune_b), seed=seed)
            phrases = found.phrases
        else:
            phrases = vae.interpolate(a, b, steps, path=path, temperature=temperature, seed=seed)
        ends = [phrases[0], phrases[-1]]
        titles = [f"step {number}" for number in range(1, steps + 1)]
    matches = {} if path == "search" else _matches(vae, intakes, ends)
    saved = checked.plan.write(
        phrases, titles, program=intakes[0].program, draw=None if found is None else _picture(found, titles)
    )
    return MorphResult(
        vae.name, intakes, phrases, path, matches, saved, checked.why, found, keep, tuple(fitted)
    )


def _checked_path(
    path: str | None, square: bool, keep: str | None, in_key: bool, whole: str | None, temperature: float
) -> str | None:
    """The path that is asked for, also by settings of a searched one."""
    if path not in (None, *PATHS):
        raise ConfigError(f"{path!r} is no path. Choose one of {', '.join(PATHS)}.")
    if square and (path == "lerp" or keep or in_key or temperature):
        raise ConfigError(
            "A square takes the path search or slerp, and neither keep, in_key nor a temperature. Leave them "
            "out, or give two files."
        )
    if not (path == "search" or keep or in_key or whole):
        return path
    if path not in (None, "search") or temperature:
        raise ConfigError(
            "Only a searched path takes keep, in_key and whole, and it takes no temperature. Leave out what "
            "contradicts."
        )
    return "search"


def _matches(vae: SymVAE, intakes: Sequence[Intake], decoded: Sequence[AnyPhrase]) -> dict[str, Match]:
    """Agreement of each end with its window."""
    labels = CORNERS if len(decoded) == 4 else ENDS
    sources, notes = ([each.phrases[0] for each in intakes], [each.file_notes[0] for each in intakes])
    return dict(zip(labels, match_tokens(vae, sources, decoded, notes), strict=True))


def _picture(found: Morph, titles: Sequence[str]) -> Draw:
    """The picture of a searched path."""
    from symvae.plot.morph import morph_picture

    return partial(morph_picture, found.phrases, found.distance, found.nats_per_token, titles=titles)


def _figures(morph: Morph) -> dict[str, Any]:
    """Figures of a searched path as plain data."""
    rows = zip(morph.phrases, morph.distance, morph.nats_per_token, morph.origin, strict=True)
    return {
        "keys": list(morph.keys),
        "transposed": morph.transposed,
        "steps": [
            {
                "distance": distance,
                "nats_per_token": nats,
                "origin": origin._asdict(),
                "key": key_name(pitched_of(phrase)),
                "notes": len(phrase),
            }
            for phrase, distance, nats, origin in rows
        ],
    }


def _table(morph: Morph) -> list[str]:
    """Figures of a searched path, a line for each step."""
    moved = f"; the second is transposed by {morph.transposed:+d} on the way" if morph.transposed else ""
    keys = f"keys: {' and '.join(key or 'silence' for key in morph.keys)}{moved}"
    drums = any(phrase.is_drum for phrase in morph.phrases)
    rows = zip(morph.phrases, morph.distance, morph.nats_per_token, morph.origin, strict=True)
    return [
        *([] if drums else [keys]),
        f"step  distance  nats/token  both ends  start   end   new  notes{'' if drums else '  key'}",
        *(
            f"{number:4d} {distance:9.2f} {nats:11.2f} {origin.both:10.0%} {origin.start:6.0%} "
            f"{origin.end:5.0%} {origin.new:5.0%} {len(phrase):6d}  {key_name(pitched_of(phrase))}".rstrip()
            for number, (phrase, distance, nats, origin) in enumerate(rows, 1)
        ),
    ]


def _square_names(steps: int) -> tuple[str, ...]:
    sides = numbered("", steps)
    return tuple(f"square{row}{column}" for row in sides for column in sides)

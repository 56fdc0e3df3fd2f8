"""Paths between two melodies, and squares between four."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from symvae.errors import ConfigError
from symvae.music.io.source import Music, pieces
from symvae.music.phrase import Phrase
from symvae.pipelines.intake import Intake
from symvae.pipelines.match import Match, match_tokens
from symvae.pipelines.needs import INTERPOLATE
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.preflight import check
from symvae.pipelines.tracks import Tracks, each_track
from symvae.pipelines.trial import AnyModel, Source, one_window
from symvae.pipelines.words import model_in_words

ENDS = ("start", "end")
CORNERS = ("top left", "top right", "bottom left", "bottom right")


@dataclass(frozen=True)
class MorphResult:
    """Phrases on a path from start to end, or on a square row by row."""

    model: str
    intakes: list[Intake]
    phrases: list[Phrase]
    ends: dict[str, Match]
    """Agreement of each end, or corner, with its source."""
    saved: Saved
    why: str = ""
    """Reason of the choice of the model; empty where it was named."""

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "model_chosen": self.why or None,
            "inputs": [each.data() for each in self.intakes],
            "ends": {label: match._asdict() for label, match in self.ends.items()},
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        ends = [f"{label} reconstructed: {match}" for label, match in self.ends.items()]
        inputs = [line for each in self.intakes for line in each.lines()]
        return [*model_in_words(self.model, self.why), *inputs, *ends]


def interpolate(
    files: Music | Iterable[Music],
    model: AnyModel | None = None,
    steps: int = 7,
    *,
    bars: Iterable[int | None] = (None,),
    track: Tracks = None,
    path: str = "slerp",
    temperature: float = 0.0,
    seed: int = 0,
    device: str = "cpu",
    output: Output = IN_MEMORY,
) -> MorphResult:
    """Decode latents between those of two files, or of four.

    Args:
        files: Two files, or music in any form that `symvae.read` takes, for a path; four for a square: top
            left, top right, bottom left, bottom right.
        model: The model, or its name or folder; by default the best released one for the music.
        steps: Phrases from end to end, both included; of a square, on each side.
        bars: First bar to read, from 1: one for all files, or one for each. None: the first window.
        track: Name or number of the track to read in all files, or a sequence with one for each.
        path: "slerp" (along the prior's sphere) or "lerp" (straight). A square is always "slerp".
        temperature: Temperature of the decoder on a path; 0 takes the most likely token.
        seed: Seed of the decoder.
        device: Device of a model that is loaded here.
        output: Settings of the result files.

    Returns:
        The phrases, with the reconstruction of each end.

    Raises:
        ConfigError: There are neither two nor four files, or not one bar or track for each.
    """
    files, bars = pieces(files), list(bars)
    if len(files) not in (2, 4):
        raise ConfigError(f"Interpolation takes two files, or four for a square, not {len(files)}.")
    if len(bars) not in (1, len(files)):
        raise ConfigError(
            f"There are {len(bars)} bars for {len(files)} files. Give one for all, or one each."
        )
    square = len(files) == 4
    names = _square_names(steps) if square else numbered("step", steps)
    places = zip(files, each_track(track, len(files)), [*bars] * (len(files) // len(bars)), strict=True)
    checked = check(
        INTERPOLATE,
        model,
        [Source(*place) for place in places],
        one_window,
        lambda found: output.plan(names, "square" if square else "path", columns=steps if square else 1),
        device=device,
    )
    vae, intakes = checked.load(), checked.intakes
    sources = [each.phrases[0] for each in intakes]
    if square:
        top_left, top_right, bottom_left, bottom_right = sources
        rows = vae.interpolate_corners(top_left, top_right, bottom_left, bottom_right, steps)
        phrases = [phrase for row in rows for phrase in row]
        ends = [rows[0][0], rows[0][-1], rows[-1][0], rows[-1][-1]]
        titles = [name.removeprefix("square-") for name in names]
    else:
        start, end = sources
        phrases = vae.interpolate(start, end, steps, path=path, temperature=temperature, seed=seed)
        ends = [phrases[0], phrases[-1]]
        titles = [f"step {number}" for number in range(1, steps + 1)]
    labels = CORNERS if square else ENDS
    notes = [each.file_notes[0] for each in intakes]
    matches = dict(zip(labels, match_tokens(vae, sources, ends, notes), strict=True))
    saved = checked.plan.write(phrases, titles, program=intakes[0].program)
    return MorphResult(vae.name, intakes, phrases, matches, saved, checked.why)


def _square_names(steps: int) -> tuple[str, ...]:
    sides = numbered("", steps)
    return tuple(f"square{row}{column}" for row in sides for column in sides)

"""Pitches of ABC: letters to semitones, by key, accidentals of the bar, and ties.

An accidental holds to the end of the bar in its octave, as on paper; the directive propagate-accidentals
extends it to all octaves ("pitch") or ends it with its note ("not"). A tied note keeps it over the bar line.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from symvae.music.io.score.abc_key import SIGNS

_SEMITONE = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class Spelled(NamedTuple):
    """A written pitch."""

    pitch: int
    place: tuple[str, int]
    """Letter and octave."""
    alter: int
    """Semitones up or down from the letter."""


@dataclass
class Accidentals:
    """Key and accidentals in force for the next note."""

    key: Mapping[str, int] = field(default_factory=dict)
    propagate: str = "octave"
    _in_bar: dict[tuple[str, int], int] = field(default_factory=dict)
    _tied: dict[tuple[str, int], int] = field(default_factory=dict)

    def spell(self, token: re.Match[str]) -> Spelled:
        """Find the pitch of a note by its groups "sign", "letter" and "octave"."""
        sign, letter, octave = token.group("sign", "letter", "octave")
        height = octave.count("'") - octave.count(",") + letter.islower()
        letter = letter.upper()
        place = (letter, height)
        reach = (letter, 0) if self.propagate == "pitch" else place
        if sign:
            alter = SIGNS[sign]
            if self.propagate != "not":
                self._in_bar[reach] = alter
        elif place in self._tied:
            alter = self._tied[place]
        else:
            alter = self._in_bar.get(reach, self.key.get(letter, 0))
        return Spelled(60 + 12 * height + _SEMITONE[letter] + alter, place, alter)

    def tie(self, notes: Iterable[Spelled]) -> None:
        """Let the next notes in the places of these sound as they do."""
        self._tied = {note.place: note.alter for note in notes}

    def end_tie(self) -> None:
        """Forget the tie, after the next note."""
        self._tied = {}

    def end_bar(self) -> None:
        """Forget the accidentals of the bar."""
        self._in_bar = {}

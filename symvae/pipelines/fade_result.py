"""A faded song as it is written: MIDI, a picture or sound."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from symvae.audio.limits import MINUTES
from symvae.errors import ConfigError
from symvae.music.io.files import MIDI_SUFFIXES, is_score, write
from symvae.music.phrase import Phrase
from symvae.music.song import Song
from symvae.pipelines.fade_report import FadeReport
from symvae.pipelines.output import Saved
from symvae.pipelines.read_again import read_again

#: Phrases in the picture, one row each; more would be too small to read.
MOST_ROWS = 16
#: Endings of the picture's file.
PICTURES = (".png", ".pdf", ".svg")


@dataclass(frozen=True)
class FadeResult:
    """A faded song, with the full report."""

    song: Song
    details: FadeReport
    polyphonic: bool
    """True if the model reads all pitched tracks."""

    @cached_property
    def phrases(self) -> list[Phrase]:
        """Windows of the faded song at the places of those before; silent where no note starts."""
        return read_again(self.details.intake, self.song, polyphonic=self.polyphonic)

    @property
    def report(self) -> dict[str, Any]:
        """The report as plain data."""
        return self.details.data()

    def lines(self) -> list[str]:
        """The report as lines of text."""
        return self.details.lines()

    def write(
        self, path: str | Path, *, max_minutes: int | float = MINUTES.most, force: bool = False
    ) -> Saved:
        """Write the song, its picture or its sound.

        Args:
            path: The file: .mid for the song, .png, .pdf or .svg for a piano roll with each phrase before
                and after, .wav for the sound.
            max_minutes: Longest sound that is rendered.
            force: Overwrite an existing file.

        Returns:
            The file, with notices about instruments of the sound and phrases of the picture.

        Raises:
            ConfigError: The ending of the path is none of these.
        """
        path = Path(path)
        ending = path.suffix.lower()
        if ending in PICTURES:
            notices = self._draw(path, force)
        elif ending == ".wav":
            from symvae.pipelines.playback import stand_ins
            from symvae.system.synth import load_synth

            synth = load_synth()
            notices = stand_ins(synth, self.song)
            sound = synth.perform(self.song, max_minutes=max_minutes)
            sound.write(sound.mixture, path, force=force)
        elif ending in MIDI_SUFFIXES or is_score(path):
            notices = []
            write(self.song, path, force=force)
        else:
            raise ConfigError(
                f"{path} ends in {ending or 'no suffix'}. "
                "Use .mid for the song, .png for a picture or .wav for the sound."
            )
        return Saved((path,), tuple(notices))

    def _draw(self, path: Path, force: bool) -> list[str]:
        from symvae.plot.piano_roll import piano_roll

        intake = self.details.intake
        rows = list(zip(intake.phrases, self.phrases, intake.titles, strict=True))
        phrases = [phrase for old, new, _ in rows[:MOST_ROWS] for phrase in (old, new)]
        titles = [title for *_, bars in rows[:MOST_ROWS] for title in (f"{bars} before", f"{bars} after")]
        piano_roll(phrases, path, titles, columns=2, force=force)
        if len(rows) <= MOST_ROWS:
            return []
        return [f"The picture has the first {MOST_ROWS} of {len(rows)} phrases."]

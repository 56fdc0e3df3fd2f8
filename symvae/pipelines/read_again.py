"""Windows of a song that was changed, at the places of those that were read before."""

from symvae.music.phrase import Phrase
from symvae.music.song import Song
from symvae.music.windows import windows
from symvae.pipelines.intake import Intake


def read_again(intake: Intake, song: Song, *, polyphonic: bool) -> list[Phrase]:
    """Read the windows of a changed song.

    Args:
        intake: The windows before.
        song: The song after; its bars are the same.
        polyphonic: The windows have all voices.

    Returns:
        One phrase for each window; silent where no note starts.
    """
    track, grid = intake.reading.track, intake.phrases[0].grid
    reading = windows(
        song,
        grid,
        None if track is None else track.index,
        polyphonic=polyphonic,
        drums=intake.reading.drums,
    )
    phrase_at = dict(zip(reading.start_bar, reading.phrases, strict=True))
    return [
        phrase_at.get(start, Phrase(grid, tempo_qpm=old.tempo_qpm, is_drum=old.is_drum))
        for old, start in zip(intake.phrases, intake.reading.start_bar, strict=True)
    ]

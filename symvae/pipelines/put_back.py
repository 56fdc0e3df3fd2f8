"""Faded phrases back into their song: notes bar by bar, and the tempo map."""

from collections.abc import Sequence
from dataclasses import replace

from symvae.music.bars import bar_lines
from symvae.music.patch import Patch
from symvae.music.resolution import with_whole_steps, without_needless_ticks
from symvae.music.song import Song, Track
from symvae.music.splice import Spliced, splice
from symvae.music.tempo_map import TempoSpan, scaled, with_tempos
from symvae.pipelines.intake import Intake
from symvae.pipelines.spans import bar_spans
from symvae.pipelines.tracks import tracks_read
from symvae.pipelines.version import Faded


def put_back(
    intake: Intake,
    faded: Sequence[Faded],
    *,
    one_voice: bool,
    program: int | None = None,
    whole_song: bool = True,
    closed: Sequence[int] = (),
) -> Spliced:
    """Write every faded bar into the song.

    Args:
        intake: The song and its windows.
        faded: The versions of the windows.
        one_voice: The windows are a melody line.
        program: General MIDI program of the tracks that were read; None keeps theirs.
        whole_song: Bars outside of all windows follow the tempo of the windows beside them.
        closed: Tracks that get no new note.

    Returns:
        The song; in finer ticks where its own cannot hold new notes.
    """
    changed = [each for each in faded if not each.unchanged]
    if not changed:
        return Spliced(intake.song)
    song = with_whole_steps(intake.song)
    tracks = tracks_read(song, intake.reading.track, intake.reading.drums)
    if not tracks:  # a silent song may have no track that could hold a note
        silent = replace(Track.empty(), is_drum=intake.reading.drums)
        tracks, song = [len(song.tracks)], replace(song, tracks=(*song.tracks, silent))
    lines, spans = bar_lines(song), bar_spans(intake.reading)
    patches = [
        Patch(each.source, each.phrase, lines[start], lines[bar], lines[bar + 1], lines[end])
        for each in changed
        for start, end in [spans[each.version.row]]
        for bar in each.version.bars
    ]
    tempos = [span for each in changed for span in each.tempos]
    if whole_song:
        tempos += _rest(song, faded, lines, spans)
    spliced = splice(song, patches, tracks, one_voice=one_voice, program=program, closed=closed)
    new = replace(spliced.song, tempos=with_tempos(song, tempos))
    return spliced._replace(song=without_needless_ticks(new, intake.song.ticks_per_quarter))


def _rest(
    song: Song, faded: Sequence[Faded], lines: Sequence[int], spans: Sequence[tuple[int, int]]
) -> list[TempoSpan]:
    """Tempos of the bars outside of all windows: changed by the ratio of the window before, else after."""
    ratio = {
        bar: each.phrase.tempo_qpm / each.source.tempo_qpm if each.sets_tempo else 1.0
        for each in faded
        for bar in each.version.bars
    }
    taken = {bar for span in spans for bar in range(*span)}
    tempos: list[TempoSpan] = []
    for bar in range(len(lines) - 1):
        if bar not in taken and lines[bar] < song.end_tick:
            before = [near for near in ratio if near < bar]
            by = ratio[max(before) if before else min(ratio)]
            tempos += scaled(song, lines[bar], lines[bar + 1], by) if by != 1.0 else []
    return tempos

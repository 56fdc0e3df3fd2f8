"""Small scores as text, and songs as rows that a musician can check by hand."""

from symvae.music.bars import sections
from symvae.music.io.score_read import load_score_bytes
from symvae.music.song import Song

QUARTERS = (
    "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
)
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def abc_song(body: str, head: str = "M:4/4\nL:1/4\nK:C") -> Song:
    """The song of one ABC tune."""
    return load_score_bytes(f"X:1\nT:a tune\n{head}\n{body}\n".encode(), ".abc", "tune.abc")


def xml_song(*parts: str, listed: str = "", kind: str = "score-partwise", head: str = "") -> Song:
    """The song of a MusicXML score; each part is its measures."""
    ids = [f"P{i}" for i in range(1, len(parts) + 1)]
    names = listed or "".join(f'<score-part id="{i}"><part-name>{i}</part-name></score-part>' for i in ids)
    body = "".join(f'<part id="{i}">{part}</part>' for i, part in zip(ids, parts, strict=True))
    return load_score_bytes(
        f"<{kind}>{head}<part-list>{names}</part-list>{body}</{kind}>".encode(), ".musicxml", "score.musicxml"
    )


def xml_note(name: str, duration: int | float = 4, inside: str = "") -> str:
    """A note such as "C5" or "F#4", or a rest for "z"."""
    if name == "z":
        place = "<rest/>"
    else:
        alter = f"<alter>{name.count('#') - name.count('b')}</alter>"
        place = f"<pitch><step>{name[0]}</step>{alter}<octave>{name[-1]}</octave></pitch>"
    return f"<note>{place}<duration>{duration}</duration>{inside}</note>"


def xml_bars(letters: str, **marks: str) -> str:
    """A measure of one whole note for each letter, with marks before ("a") and after it ("A")."""
    measures = ""
    for number, letter in enumerate(letters, 1):
        start = QUARTERS if number == 1 else ""
        left, right = marks.get(letter.lower(), ""), marks.get(letter, "")
        measures += f'<measure number="{number}">{start}{left}{xml_note(letter + "4")}{right}</measure>'
    return measures


def repeat(direction: str, more: str = "", inside: str = "") -> str:
    """A bar line with a repeat sign: "forward" on the left, "backward" on the right."""
    location = "left" if direction == "forward" else "right"
    return f'<barline location="{location}">{inside}<repeat direction="{direction}" {more}/></barline>'


def rows(song: Song, track: int = 0) -> list[tuple[float, float, int]]:
    """Onset and duration in quarters, and pitch, of every note."""
    part = song.tracks[track]
    quarters = (part.onset_tick / song.ticks_per_quarter, part.duration_tick / song.ticks_per_quarter)
    columns = (*(column.round(3).tolist() for column in quarters), part.pitch.tolist())
    return list(zip(*columns, strict=True))


def pitches(song: Song, track: int = 0) -> list[int]:
    """Pitches in playing order."""
    return song.tracks[track].pitch.tolist()


def letters(song: Song) -> str:
    """Names of the natural notes in playing order."""
    return "".join("C D EF G A B"[pitch % 12] for pitch in pitches(song))


def num_bars(song: Song) -> int:
    """Bars in playing order."""
    return sum(section.num_file_bars for section in sections(song))

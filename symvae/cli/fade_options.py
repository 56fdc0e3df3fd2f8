"""Options of ``symvae fade`` as settings: each fault is wrong use and names its option."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from symvae.pipelines.automation import Setting

#: Words for arousal beside numbers.
ENDS = {"low": 0.0, "calm": 0.0, "high": 1.0, "excited": 1.0}
AROUSAL = "arousal"
GIVE = "--set, --arousal, --emotion, --from with --to, --automation or --cc"


def settings_of(words: Sequence[str], arousal: str | None) -> "dict[str, Setting]":
    """Settings of ``--set fader=value`` and ``--arousal``."""
    from symvae.pipelines.automation import parse_setting

    settings: dict[str, Setting] = {}
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if name in settings:
            raise typer.BadParameter(f"{name} is set twice; set it once", param_hint="--set")
        try:
            settings[name] = parse_setting(value)
        except ValueError:
            equals = ""
        if not equals or not name:
            raise typer.BadParameter(f"{word!r} is not fader=value, as register=64", param_hint="--set")
    if arousal is not None:
        try:
            setting = ENDS[arousal] if arousal in ENDS else parse_setting(arousal)
        except ValueError:
            fault = f"{arousal!r} is no number, as 0.8, no change, as +0.2, and none of {', '.join(ENDS)}"
            raise typer.BadParameter(fault, param_hint="--arousal") from None
        refuse_twice([*settings, AROUSAL])
        settings[AROUSAL] = setting
    return settings


def emotion_of(words: str | None) -> tuple[float, float] | None:
    """Arousal and valence of ``--emotion``, both from 0 to 1."""
    if words is None:
        return None
    try:
        arousal, valence = (float(word) for word in words.split(","))
    except ValueError:
        arousal = valence = float("nan")
    if not (0 <= arousal <= 1 and 0 <= valence <= 1):
        fault = f"{words!r} is not arousal,valence, two numbers from 0 to 1, as 0.8,0.3"
        raise typer.BadParameter(fault, param_hint="--emotion")
    return arousal, valence


def ramps_of(first: str | None, last: str | None) -> dict[str, tuple[float, float]]:
    """Ramp of arousal from ``--from`` to ``--to``."""
    if first is None and last is None:
        return {}
    if first is None or last is None:
        raise typer.BadParameter("give --from and --to, both")
    return {AROUSAL: (_end(first, "--from"), _end(last, "--to"))}


def controllers_of(words: Sequence[str], file: Path) -> dict[int, str]:
    """Faders of ``--cc controller=fader`` by controller number."""
    from symvae.music.io.files import is_score
    from symvae.pipelines.automation import CONTROLLERS

    controllers: dict[int, str] = {}
    for word in words:
        number, _, name = (part.strip() for part in word.partition("="))
        if not (number.isdecimal() and int(number) < CONTROLLERS and name):
            fault = (
                f"{word!r} is not controller=fader, as 1=note_density; controllers are 0 to {CONTROLLERS - 1}"
            )
            raise typer.BadParameter(fault, param_hint="--cc")
        if int(number) in controllers:
            raise typer.BadParameter(f"controller {int(number)} is given twice", param_hint="--cc")
        controllers[int(number)] = name
    if controllers and is_score(file):
        raise typer.BadParameter(f"{file} is a score; only MIDI files have controllers", param_hint="--cc")
    return controllers


def check_bars(words: str | None) -> None:
    """Refuse ``--bars`` that names none."""
    from symvae.pipelines.automation import parse_bars

    try:
        _ = words is None or parse_bars(words)
    except ValueError:
        fault = f"{words!r} names no bars; give them as 5-12, or 1-4,9"
        raise typer.BadParameter(fault, param_hint="--bars") from None


def refuse_twice(names: Sequence[str]) -> None:
    """Refuse a fader that is set in two ways."""
    from symvae.pipelines.automation import set_twice

    if name := set_twice(names):
        raise typer.BadParameter(f"{name} is set in two ways; keep one among {GIVE}")


def _end(word: str, option: str) -> float:
    try:
        return ENDS[word] if word in ENDS else float(word)
    except ValueError:
        fault = f"{word!r} is none of {', '.join(ENDS)} and a number from 0 to 1"
        raise typer.BadParameter(fault, param_hint=option) from None

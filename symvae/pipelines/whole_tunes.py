"""Whole tunes of several files, made equally long."""

from collections.abc import Sequence

from symvae.errors import ConfigError
from symvae.music.arrangement import AnyPhrase, join_any
from symvae.music.reading import Reading
from symvae.music.trio_reading import trio_tune
from symvae.music.windows import tune
from symvae.pipelines.intake import Intake
from symvae.pipelines.no_window import NoWindowError, other_tracks, reasons
from symvae.pipelines.trial import Read, Source
from symvae.pipelines.words import counted
from symvae.system.choice import ModelFacts

#: Ways to make tunes equally long: the shorter ones are repeated, or the longer ones cut.
FITS = ("repeat", "cut")


def read_tune(source: Source, model: ModelFacts) -> Intake:
    """Read the melody of a source from its bar to the end of its stretch in the model's metre.

    Args:
        source: The file, its track and first bar; by default the first bar with music.
        model: Model whose metre and pitch range the tune has.

    Returns:
        One phrase.

    Raises:
        NoWindowError: There is no music in that metre, or none from that bar on.
    """
    metre, tokens = model.grid.metre, model.tokenizer

    def read(track: str | int | None, bar: int | None) -> Reading:
        if tokens.part_names:
            return trio_tune(source.song, metre, bar).reading
        return tune(source.song, metre, track, bar, tokens.pitch_range, tokens.drums)

    reading = read(source.track, source.bar)
    if not reading.phrases:
        where = "no tune" if source.bar is None else f"no tune from bar {source.bar} on"
        remedy = other_tracks(source.song, reading, lambda other: read(other, source.bar))
        first = read(source.track, None)
        if source.bar is not None and first.phrases:
            remedy = f"Leave out --bar to start from bar {first.start_bar[0] + 1}, or choose another."
        raise NoWindowError(f"{source.name} has {where} in {metre} ({reasons(reading)}).", remedy)
    return Intake(source.name, source.song, reading)


def tune_around(source: Source, model: ModelFacts, window: AnyPhrase) -> AnyPhrase:
    """Read the tune that a window of a source begins; the window itself where no note starts.

    Args:
        source: The file, its track and the bar of the window.
        model: Model whose metre and pitch range the tune has.
        window: The window.

    Returns:
        The tune.
    """
    try:
        return read_tune(source, model).phrases[0]
    except NoWindowError:
        return window


def whole_tunes(sources: Sequence[Source], fit: str) -> Read:
    """Make a reader of whole tunes for models that are no longer than these will be.

    Args:
        sources: All files that are read.
        fit: "repeat" or "cut".

    Returns:
        The reader; it raises `NoWindowError` for longer models.

    Raises:
        ConfigError: ``fit`` is another word.
    """
    if fit not in FITS:
        raise ConfigError(f"Whole tunes are made equally long by {' or '.join(FITS)}, not by {fit!r}.")

    def bars(source: Source, model: ModelFacts) -> int:
        try:
            return read_tune(source, model).phrases[0].grid.bars
        except NoWindowError:
            return 0

    def read(source: Source, model: ModelFacts) -> Intake:
        intake = read_tune(source, model)
        others = sources if fit == "repeat" else [source]
        if max(bars(each, model) for each in others) < model.grid.bars:
            has = counted(intake.phrases[0].grid.bars, "bar")
            raise NoWindowError(
                f"{source.name} has {has} of {model.grid.metre} to be read, and {model.name} needs "
                f"{model.grid.bars}."
            )
        return intake

    return read


def equally_long(intakes: Sequence[Intake], fit: str) -> tuple[list[AnyPhrase], list[str]]:
    """Repeat the shorter tunes, or cut the longer ones.

    Args:
        intakes: One tune of each file, all in one metre.
        fit: "repeat" or "cut".

    Returns:
        The tunes, and a sentence for each that changed.
    """
    tunes = [intake.phrases[0] for intake in intakes]
    bars = (max if fit == "repeat" else min)(each.grid.bars for each in tunes)
    fitted = [join_any([each] * -(-bars // each.grid.bars)).window(0, bars) for each in tunes]
    how = "repeated to fill" if fit == "repeat" else "cut to"
    words = [
        f"{intake.file}: its {counted(each.grid.bars, 'bar')} of {each.grid.metre} {how} {bars}"
        for intake, each in zip(intakes, tunes, strict=True)
        if each.grid.bars != bars
    ]
    return fitted, words

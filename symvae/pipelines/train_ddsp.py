"""Lines of a run of a line synthesizer, prepared once inside of its folder."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from symvae.audio.soundfont import find_soundfont
from symvae.config.ddsp import DdspConfig
from symvae.corpus.folder_card import CARD_FILE
from symvae.corpus.line_shards import FORMAT, LineShards, open_lines
from symvae.corpus.lines import choices_of, prepare_lines
from symvae.errors import ConfigError, CorpusError
from symvae.files.json_file import read_json
from symvae.pipelines.words import counted

#: Folder of the prepared lines within a run.
FOLDER = "lines"


def lines_of(
    data: Sequence[Path],
    run: Path,
    config: DdspConfig,
    fonts: Sequence[Path] = (),
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> LineShards:
    """Open prepared lines: those given, those of the run, or else prepare them there.

    Args:
        data: Folders of shards whose notes are played, or one folder of prepared lines.
        run: The run's folder.
        config: All choices, as a preset names them.
        fonts: Sound fonts to learn; empty for the one of this computer.
        progress: Called after each line with the number of lines done and their total.

    Returns:
        The prepared lines.

    Raises:
        ConfigError: Fonts were given beside prepared lines.
        SymvaeError: A sound font or the shards are missing or damaged.
    """
    if any(_holds_lines(folder) for folder in data):
        if len(data) > 1 or fonts:
            raise ConfigError(
                f"{data[0]} holds lines that are played already. Give it alone, without --font."
            )
        return open_lines(data[0])
    prepared = run / FOLDER
    if not _holds_lines(prepared, choices_of(config, config.training.seed)):
        paths = [find_soundfont(path) for path in fonts] or [find_soundfont()]
        prepare_lines(data, paths, prepared, config, seed=config.training.seed, progress=progress)
    return open_lines(prepared)


def summary(shards: LineShards) -> list[str]:
    """Describe the lines.

    Args:
        shards: Prepared lines.

    Returns:
        Lines of text.
    """
    seconds = ", ".join(f"{name} {value} s" for name, value in shards.card["seconds"].items())
    lines = [
        f"{counted(len(shards.timbres), 'timbre')}: {', '.join(t['name'] for t in shards.timbres)}; {seconds}"
    ]
    if shards.card["missing"]:
        lines.append(f"left out, because the font is silent there: {', '.join(shards.card['missing'])}")
    return lines


def _holds_lines(folder: Path, choices: dict[str, Any] | None = None) -> bool:
    """True for prepared lines, and, if choices are given, only for lines that were played by them."""
    if not (folder / CARD_FILE).is_file():
        return False
    card = read_json(folder / CARD_FILE, CorpusError, "Prepare the lines again.")
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        return False
    return choices is None or card.get("choices") == choices

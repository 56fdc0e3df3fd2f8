"""The card of a folder of prepared sound: format, version, and checksums of the other files."""

from pathlib import Path
from typing import Any

from symvae.corpus.shards import file_checksum
from symvae.errors import CorpusError
from symvae.files.json_file import read_json

CARD_FILE = "card.json"


def open_card(
    folder: Path, kind: str, version: int, title: str, command: str, *, remedy: str
) -> dict[str, Any]:
    """Read a card, and compare the files of its folder with their checksums.

    Args:
        folder: The folder.
        kind: Its format, as the card names it.
        version: Its version.
        title: Name of the content in messages.
        command: Command that writes such a folder.
        remedy: Remedy for a damaged folder, one sentence.

    Returns:
        The card.

    Raises:
        CorpusError: The folder is missing, damaged, or holds something else.
    """
    path = folder / CARD_FILE
    if not path.is_file():
        raise CorpusError(f"{folder} holds no {title}: it has no {CARD_FILE}. Make some with: {command}.")
    card = read_json(path, CorpusError, remedy)
    if not isinstance(card, dict) or (card.get("format"), card.get("version")) != (kind, version):
        raise CorpusError(
            f"{folder} is not in format {kind} version {version}. Make {title} with: {command}."
        )
    sums = card.get("sha256")
    if not isinstance(sums, dict) or any(Path(name).name != name for name in sums):
        raise CorpusError(f"{path} is damaged: its checksums are not of files in the folder. {remedy}")
    for name, expected in sums.items():
        if not (folder / name).is_file():
            raise CorpusError(f"{folder / name} is missing. {remedy}")
        if file_checksum(folder / name) != expected:
            raise CorpusError(f"{folder / name} is damaged: its checksum is not the card's. {remedy}")
    return card

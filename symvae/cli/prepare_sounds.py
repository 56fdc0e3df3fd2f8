"""``symvae prepare sounds``: folders of one-shot drums as arrays, the input of `symvae train-oneshot`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from symvae.cli.console import progress_bar, show, show_json
from symvae.pipelines.words import counted

SOUNDS = "sounds"


def prepare_sounds(
    words: Sequence[str], out: Path, *, analog: int, seed: int, force: bool, as_json: bool
) -> None:
    """Read the folders that follow the word "sounds", and print a summary of their card."""
    folders = [Path(word) for word in words if word != SOUNDS]
    if not folders:
        raise typer.BadParameter("name the folder of the sounds after sounds")
    from symvae.corpus.sounds import prepare_sounds as prepare

    with progress_bar() as bar:
        task = bar.add_task("files", total=None, note="")
        card = prepare(
            folders,
            out,
            analog=analog,
            seed=seed,
            force=force,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if as_json:
        show_json(card)
        return
    for line in _summary(card, out):
        show(line)


def _summary(card: dict[str, Any], out: Path) -> list[str]:
    lines = []
    for split, counts in card["counts"].items():
        drums = ", ".join(f"{drum} {count}" for drum, count in counts.items() if drum != "all")
        lines.append(f"{split}: {counted(counts['all'], 'sound')} ({drums or 'none'})")
    if card["analog"]["sounds"]:
        share = card["analog"]["share_of_train"]
        lines.append(f"synthetic: {counted(card['analog']['sounds'], 'sound')}, {share:.0%} of train")
    lines += [f"left out: {reason} ×{count}" for reason, count in card["dropped"].items()]
    lines.append(f"{counted(card['files']['read'], 'file')} read, {card['clusters']} groups of alike sounds")
    return [*lines, f"{out / 'dropped.csv'} names everything left out", str(out)]

"""``symvae prepare``: corpora and folders into shards, which is all that training reads."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symvae.cli.console import counted, progress_bar, say, show, show_json
from symvae.cli.options import MAX_SEED, Force, Json, one_of

if TYPE_CHECKING:
    from symvae.corpus.tune import Source


def prepare(
    sources: Annotated[
        list[str],
        typer.Argument(
            help='Any of: "folk" (the tunes that come with music21), "chorales" (Bach\'s, all voices, '
            'likewise), "pop909 FOLDER" (POP909, original or on its beats), or FOLDER (your own MIDI, '
            "MusicXML and ABC files). Several make one set of shards."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The shard folder to write.")] = Path("shards"),
    metre: Annotated[str, typer.Option("--metre", help="4/4 (takes in 2/2 and 2/4), 3/4 or 6/8.")] = "4/4",
    tokenizer: Annotated[
        str,
        typer.Option("--tokens", help='"melody" (one line) or "piano" (whole pieces as REMI tokens, 4/4).'),
    ] = "melody",
    essen: Annotated[
        bool, typer.Option("--essen", help="Take in the Essen folk songs, which are non-commercial only.")
    ] = False,
    track: Annotated[
        list[str] | None,
        typer.Option(
            "--track",
            help="Name of the melody's track in your own files. Given several times, each is a tune of its "
            "own, and those of one file stay in one split.",
        ),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that read files.")] = 2,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=MAX_SEED, help="Of the split into train, validation and test.")
    ] = 0,
    force: Force = False,
    json: Json = False,
) -> None:
    """Read corpora and folders, split them by near-duplicate cluster, and write shards with their card."""
    plan = _plan(sources)
    from symvae.corpus.prepare import prepare as prepare_shards
    from symvae.tokens.table import TOKENIZERS

    one_of(tokenizer, tuple(TOKENIZERS), "--tokens")
    polyphonic = TOKENIZERS[tokenizer](metre).polyphonic

    readers = _readers(plan, out, essen=essen, tracks=track or [], workers=workers, polyphonic=polyphonic)
    with progress_bar() as progress:
        task = progress.add_task("tunes", total=None, note="")
        try:
            card = prepare_shards(
                readers,
                out,
                metre=metre,
                tokenizer=tokenizer,
                seed=seed,
                force=force,
                progress=lambda tunes: progress.update(task, completed=tunes),
            )
        except KeyboardInterrupt:
            say("Stopped. The same command goes on where it was: files of your own are not read twice.")
            raise typer.Exit(1) from None
    if json:
        show_json(card)
        return
    for line in _summary(card, out):
        show(line)


def _plan(words: Sequence[str]) -> list[tuple[str, Path | None]]:
    """["folk", "pop909", "songs", "mine"] → folk, pop909 from songs, and the folder mine."""
    plan: list[tuple[str, Path | None]] = []
    waiting = iter(words)
    for word in waiting:
        if word in ("folk", "chorales"):
            plan.append((word, None))
        elif word == "pop909":
            folder = next(waiting, None)
            if folder is None:
                raise typer.BadParameter("name the folder of the songs after pop909")
            plan.append(("pop909", Path(folder)))
        else:
            plan.append(("folder", Path(word)))
    return plan


def _readers(
    plan: Sequence[tuple[str, Path | None]],
    out: Path,
    *,
    essen: bool,
    tracks: Sequence[str],
    workers: int,
    polyphonic: bool,
) -> list["Source"]:
    from symvae.corpus.journal import journal_beside
    from symvae.corpus.sources.chorales import chorales
    from symvae.corpus.sources.folder import folder
    from symvae.corpus.sources.folk import folk
    from symvae.corpus.sources.pop909 import pop909
    from symvae.errors import CorpusError

    readers: list[Source] = []
    for kind, path in plan:
        if kind == "folk":
            readers.append(folk(essen=essen, workers=workers))
            continue
        if kind == "chorales":
            readers.append(chorales(workers=workers))
            continue
        assert path is not None
        if not path.is_dir():
            raise CorpusError(
                f'{path} is no folder. Give "folk", "chorales", "pop909 FOLDER" or a folder of music files.'
            )
        if kind == "pop909":
            readers.append(pop909(path, polyphonic=polyphonic))
        else:
            readers.append(
                folder(
                    path,
                    collection=path.resolve().name,
                    tracks=tracks,
                    polyphonic=polyphonic,
                    workers=workers,
                    journal=journal_beside(out),
                )
            )
    return readers


def _summary(card: dict[str, Any], out: Path) -> list[str]:
    lines = [
        f"{split}: {counted(counts['all']['tunes'], 'tune')}, {counted(counts['all']['bars'], 'bar')}"
        for split, counts in card["counts"].items()
    ]
    lines += [f"left out: {reason} ×{count}" for reason, count in card["dropped"].items()]
    return [*lines, f"{out / 'dropped.csv'} names everything left out", str(out)]

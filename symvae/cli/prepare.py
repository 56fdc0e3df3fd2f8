"""``symvae prepare``: read corpora and folders into shards, the input of training."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symvae.cli.console import progress_bar, show, show_json
from symvae.cli.options import MAX_SEED, Force, Json, MaxMemory, MaxSeconds, one_of
from symvae.cli.prepare_sounds import SOUNDS, prepare_sounds
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.pipelines.words import counted

if TYPE_CHECKING:
    from symvae.corpus.reading import Progress


#: Sources that need a folder, and the tokens that they ask for.
_FOLDERS = {"pop909": None, "lieder": None, "muspy": None, "groove": "drums", "drums": "drums"}
_FOLDERS |= {"trio": "trio", "trio-pop909": "trio"}
#: Sources that are read as another one.
_READ_AS = {"drums": "folder", "trio": "trios"}


def prepare(
    sources: Annotated[
        list[str],
        typer.Argument(
            help='Any of: "folk" (folk tunes of music21), "chorales" (Bach chorales of music21, all voices), '
            '"pop909 FOLDER" (POP909, original or aligned with its beats), "lieder FOLDER" (voices of the '
            'OpenScore Lieder Corpus), "muspy FOLDER" (Music files that muspy saved), "groove FOLDER" '
            '(Groove MIDI Dataset, drums), "drums FOLDER" (drum tracks of your own songs), "trio FOLDER" '
            '(your own songs with melody, bass and drums), "trio-pop909 FOLDER" (POP909 with bass and drums '
            'by rule), "sounds FOLDER" (one-shot drum sounds, by themselves), or FOLDER (your '
            "own MIDI, MusicXML and ABC files). Several sources make one set of shards."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The shard folder to write.")] = Path("shards"),
    metre: Annotated[
        str, typer.Option("--metre", help="4/4 (includes 2/2, 2/4 …), 3/4 (6/4 …) or 6/8 (3/8, 12/8 …).")
    ] = "4/4",
    tokenizer: Annotated[
        str | None,
        typer.Option(
            "--tokens",
            help='"melody" (one line), "piano" (whole pieces as REMI tokens, 4/4), "piano-grid" (as sets), '
            '"drums" (nine classes of the kit), "groove" (with velocities and timing) or "trio" (melody, '
            "bass and drums); by default that of the first source.",
        ),
    ] = None,
    essen: Annotated[
        bool, typer.Option("--essen", help="Include the Essen folk songs (non-commercial use only).")
    ] = False,
    track: Annotated[
        list[str] | None,
        typer.Option(
            "--track",
            help="Name of the melody track in your own files. If given several times, each track is a tune, "
            "and the tracks of one file stay in one split.",
        ),
    ] = None,
    drums: Annotated[
        Path | None,
        typer.Option("--drums", help="Folder of the Groove MIDI Dataset, for the drums of trio-pop909."),
    ] = None,
    analog: Annotated[
        int,
        typer.Option(
            "--analog", min=0, help="With sounds: number of synthetic drums to add to the train split."
        ),
    ] = 0,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that read files.")] = 2,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=MAX_SEED, help="Seed of the train, validation, test split.")
    ] = 0,
    max_seconds: MaxSeconds = DEFAULT_LIMITS.seconds,
    max_memory: MaxMemory = DEFAULT_LIMITS.memory_mib,
    force: Force = False,
    json: Json = False,
) -> None:
    """Read corpora and folders, split them by near-duplicate cluster, and write shards with their card.

    A file that cannot be read, or that takes too long or too much memory, is listed in dropped.csv, and all
    others are read. A run that is stopped goes on with the file where it was.
    """
    if SOUNDS in sources:
        if sources[0] != SOUNDS:
            raise typer.BadParameter("sounds make shards of their own: prepare music in another call")
        prepare_sounds(sources, out, analog=analog, seed=seed, force=force, as_json=json)
        return
    if analog:
        raise typer.BadParameter("give it with sounds FOLDER", param_hint="--analog")
    plan = _plan(sources)
    tokenizer = tokenizer or _FOLDERS.get(sources[0]) or "melody"
    from symvae.corpus.prepare import prepare as prepare_shards
    from symvae.corpus.sources.named import Named, open_sources
    from symvae.tokens.table import TOKENIZERS

    one_of(tokenizer, tuple(TOKENIZERS), "--tokens")
    opened = open_sources(
        [Named(*each) for each in plan],
        essen=essen,
        tracks=track or [],
        polyphonic=TOKENIZERS[tokenizer](metre).polyphonic,
        drums=TOKENIZERS[tokenizer](metre).drums,
        takes=drums,
        workers=workers,
        limits=FileLimits(max_seconds, max_memory),
    )
    with progress_bar() as progress:
        task = progress.add_task("files", total=None, note="")

        def watch(now: "Progress") -> None:
            note = f"{now.without_tune} without a tune" if now.without_tune else ""
            progress.update(task, completed=now.files, total=now.total, note=note)

        try:
            card = prepare_shards(
                opened,
                out,
                metre=metre,
                tokenizer=tokenizer,
                seed=seed,
                force=force,
                progress=watch,
            )
        except KeyboardInterrupt as stopped:
            stopped.add_note("The same command goes on where it was: no file is read twice.")
            raise
    if json:
        show_json(card)
        return
    for line in _summary(card, out):
        show(line)


def _plan(words: Sequence[str]) -> list[tuple[str, Path | None]]:
    """Parse the words: ["folk", "pop909", "songs", "mine"] → folk, pop909 from songs, the folder mine."""
    plan: list[tuple[str, Path | None]] = []
    waiting = iter(words)
    for word in waiting:
        if word in ("folk", "chorales"):
            plan.append((word, None))
        elif word in _FOLDERS:
            folder = next(waiting, None)
            if folder is None:
                raise typer.BadParameter(f"name the folder of the songs after {word}")
            plan.append((_READ_AS.get(word, word), Path(folder)))
        else:
            plan.append(("folder", Path(word)))
    return plan


def _summary(card: dict[str, Any], out: Path) -> list[str]:
    lines = [
        f"{split}: {counted(counts['all']['tunes'], 'tune')}, {counted(counts['all']['bars'], 'bar')}"
        for split, counts in card["counts"].items()
    ]
    lines += [f"left out: {reason} ×{count}" for reason, count in card["dropped"].items()]
    read, without = card["files"]["read"], card["files"]["without_tune"]
    lines.append(f"{counted(read, 'file')} read, {without} of them without a tune in {card['metre']}")
    lines += _rhythms(card["timing"])
    return [*lines, f"{out / 'dropped.csv'} names everything left out", str(out)]


def _rhythms(timing: dict[str, int]) -> list[str]:
    """Tunes whose rhythm sixteenths do not notate, if there are any."""
    lines = []
    if timing["off_grid"]:
        tunes = counted(timing["off_grid"], "tune")
        lines.append(
            f"off the sixteenth grid: more than a tenth of the notes in {tunes} "
            f"(triplets in {timing['triplets']}, swing in {timing['swing']}); their rhythm is moved"
        )
    if timing["without_beat"]:
        tunes = counted(timing["without_beat"], "tune")
        lines.append(
            f"no beat found in {tunes}, as in recorded performances: bars and rhythms are arbitrary. Remove "
            "them, or mark their beats first; `symvae inspect` names them"
        )
    return lines

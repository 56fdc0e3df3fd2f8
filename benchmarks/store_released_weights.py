"""Rewrite the weight files of model folders in the current version and print their sizes.

    python -m benchmarks.store_released_weights [--bits 6] [--eight encoder.project] [FOLDER ...]

Without folders, those of the package; without bits, those that a file has, and 8 for one of version 1.
Matrices whose names begin as ``--eight`` says have eight bits in any case.
A folder that is in a current version already stays as it is, byte for byte (`symvae.system.weight_file`).
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from symvae.system.artifact_folder import CONFIG_FILE, VERSION, write_json
from symvae.system.catalog import PRETRAINED
from symvae.system.weight_file import bits_of, eight_bit_names, read_weights, write_weights


class Sizes(NamedTuple):
    """Size of a file in bytes."""

    before: int
    after: int


def requantize(folder: Path, bits: int | None = None, eight: Sequence[str] = ()) -> dict[Path, Sizes]:
    """Rewrite every weight file of a folder, and the version in its config.json; returns sizes by file."""
    sizes = {}
    state = {path: read_weights(path, "Restore it.") for path in sorted(folder.glob("*.safetensors"))}
    every = [name for weights in state.values() for name in weights]
    if missing := [each for each in eight if not any(name.startswith(each) for name in every)]:
        raise SystemExit(f"{folder} has no weights whose names begin with {', '.join(missing)}.")
    for path, weights in state.items():
        before, fresh = path.stat().st_size, path.with_name(path.name + ".new")
        whole = [name for name in weights if name.startswith(tuple(eight))] if bits else eight_bit_names(path)
        write_weights(fresh, weights, bits or bits_of(path), whole)
        fresh.replace(path)
        sizes[path] = Sizes(before, path.stat().st_size)
    header = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    write_json(folder / CONFIG_FILE, header | {"version": VERSION})
    return sizes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--bits", type=int, choices=(6, 8))
    parser.add_argument("--eight", action="append", default=[], metavar="NAME")
    choice = parser.parse_args()
    if choice.eight and choice.bits != 6:
        parser.error("--eight names the exceptions of --bits 6. Give both.")
    folders = choice.folders or sorted(p.parent for p in PRETRAINED.glob("*/config.json"))
    sizes = [
        (file, *pair)
        for folder in folders
        for file, pair in requantize(folder, choice.bits, choice.eight).items()
    ]
    print("| file | bytes before | bytes after |\n|---|---:|---:|")
    for file, before, after in sizes:
        print(f"| {file.parent.name}/{file.name} | {before:,} | {after:,} |")
    print(f"| all | {sum(size[1] for size in sizes):,} | {sum(size[2] for size in sizes):,} |")


if __name__ == "__main__":
    main()

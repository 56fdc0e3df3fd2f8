"""Sounds of a drum machine as files: single hits, and whole kits with a map for samplers."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symvae.audio.drum_sounds import KEY_OF_CLASS
from symvae.dsp.wav import write_wav
from symvae.errors import ConfigError
from symvae.pipelines.output import Saved, numbered, refuse_existing
from symvae.storage.whole_file import make_folder, write_text
from symvae.system.drum_machine import AnyDrumMachine
from symvae.system.drum_sound import DrumSound

#: Unit and digits of each attribute in tables.
_COLUMNS = {
    "attack_ms": ("attack ms", 0),
    "decay_sec": ("decay s", 3),
    "centroid_hz": ("centroid Hz", 0),
    "pitch_hz": ("pitch Hz", 1),
    "noisiness": ("noisiness", 2),
    "loudness_lufs": ("LUFS", 1),
}
#: Names of the columns of a table of sounds.
COLUMNS = ("sound", *(name for name, _ in _COLUMNS.values()))


@dataclass(frozen=True)
class HitsResult:
    """Sounds, and the files that hold them."""

    names: tuple[str, ...]
    hits: tuple[DrumSound, ...]
    saved: Saved

    def data(self) -> dict[str, Any]:
        """The report as plain data; an attribute that a sound does not have is None."""
        return {
            "sounds": [
                {
                    "name": name,
                    "drum": hit.drum,
                    "asked": hit.asked,
                    "achieved": {key: _plain(value) for key, value in hit.attributes.items()},
                }
                for name, hit in zip(self.names, self.hits, strict=True)
            ],
            "files": self.saved.names,
        }

    def rows(self) -> list[tuple[str, ...]]:
        """The sounds with their attributes, and the values that were asked for behind an arrow."""
        return [
            (name, *(_cell(hit, attribute) for attribute in _COLUMNS))
            for name, hit in zip(self.names, self.hits, strict=True)
        ]


def make_hits(
    machine: AnyDrumMachine,
    drum: str | None,
    out: str | Path,
    *,
    count: int = 1,
    seed: int = 0,
    temperature: float = 1.0,
    faders: dict[str, float] | None = None,
    like: Path | None = None,
    amount: float = 0.3,
    morph: Path | None = None,
    tail: Path | None = None,
    force: bool = False,
    watch: Callable[[float], None] = lambda share: None,
) -> HitsResult:
    """Draw sounds of a class, or variations of a recording, and write them as WAV files.

    Args:
        machine: The drum machine.
        drum: Name of the class; with ``like`` None lets the machine choose it.
        out: Folder of the files; made if missing.
        count: Number of sounds.
        seed: Of the first sound; the next ones have the next seeds.
        temperature: Scale of the prior's noise.
        faders: Values of attributes, as `DrumMachine.hit` takes them.
        like: A recording of one stroke to vary.
        amount: Amount of the variation, 0 to 1.
        morph: A recording to which the sounds walk, from a sound of the class or from ``like``.
        tail: A recording whose tail each sound gets.
        force: Overwrite existing files.
        watch: Progress, 0 to 1.

    Returns:
        The sounds with their files.

    Raises:
        ConfigError: Neither a class nor a recording is given, or a recording and faders are.
        SymvaeError: A file exists, the recording cannot be read, or a value is out of range.
    """
    if drum is None and like is None:
        raise ConfigError(f"Name a drum or a recording. {machine.name} knows {', '.join(machine.drums)}.")
    if like is not None and faders:
        raise ConfigError(f"A variation of a recording has no {', '.join(faders)} to set. Leave it out.")
    if morph is not None and tail is not None:
        raise ConfigError("A walk to a recording takes no tail of another one. Leave out --morph or --tail.")
    if morph is not None and count < 2:
        raise ConfigError("A walk has two ends. Ask for at least two sounds, as --count 5.")
    word = drum if drum is not None else Path(str(like)).stem
    names = numbered(word, count)
    paths = [Path(out) / f"{name}.wav" for name in names]
    refuse_existing(paths, force)

    def sound(seed: int) -> DrumSound:
        if like is not None:
            return machine.like(like, 0.0 if morph is not None else amount, drum=drum, seed=seed)
        assert drum is not None
        return machine.hit(drum, seed=seed, **{"temperature": temperature, **(faders or {})})

    hits: list[DrumSound] = []
    if morph is not None:
        hits += machine.morph(sound(seed), morph, count, seed=seed)
        watch(1.0)
    for number in range(count if morph is None else 0):
        made = sound(seed + number)
        hits.append(made if tail is None else machine.mix(made, tail, seed=seed + number))
        watch((number + 1) / count)
    _write(hits, paths, force)
    return HitsResult(names, tuple(hits), Saved(tuple(paths)))


def make_kit(
    machine: AnyDrumMachine,
    out: str | Path,
    *,
    seed: int = 0,
    temperature: float = 1.0,
    force: bool = False,
) -> HitsResult:
    """Draw a sound of every class, and write WAV files and an SFZ map for samplers.

    Args:
        machine: The drum machine.
        out: Folder of the files; made if missing.
        seed: The same seed gives the same kit.
        temperature: Scale of the prior's noise.
        force: Overwrite existing files.

    Returns:
        The sounds with their files.

    Raises:
        SymvaeError: A file exists, or a value is out of range.
    """
    folder = Path(out)
    paths = [folder / f"{drum}.wav" for drum in machine.drums]
    chart = folder / "kit.sfz"
    refuse_existing([*paths, chart], force)
    kit = machine.kit(seed, temperature=temperature)
    _write(list(kit.values()), paths, force)
    keys = {drum: KEY_OF_CLASS[drum] for drum in machine.drums}
    write_text(chart, sfz(keys, f"{machine.name}, seed {seed}"))
    return HitsResult(tuple(kit), tuple(kit.values()), Saved((*paths, chart)))


def sfz(keys: Mapping[str, int], title: str) -> str:
    """Map sounds to keys as an SFZ instrument; a closed hi-hat ends an open one.

    Args:
        keys: MIDI note number of each sound, whose file is ``NAME.wav``.
        title: Comment of the first line.

    Returns:
        Text of the file.
    """
    lines = [f"// {title}", "<global> loop_mode=one_shot amp_veltrack=100"]
    for name, key in keys.items():
        choke = {"closed_hat": " group=1 off_by=2", "open_hat": " group=2 off_by=1"}.get(name, "")
        lines.append(f"<region> sample={name}.wav key={key}{choke}")
    return "\n".join(lines) + "\n"


def _write(hits: Sequence[DrumSound], paths: Sequence[Path], force: bool) -> None:
    for hit, path in zip(hits, paths, strict=True):
        make_folder(path.parent)
        write_wav(hit.audio.samples, hit.audio.sample_rate, path, force=force)


def _plain(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def _cell(hit: DrumSound, attribute: str) -> str:
    digits, value = _COLUMNS[attribute][1], hit.attributes[attribute]
    words = f"{value:.{digits}f}" if math.isfinite(value) else "–"
    asked = hit.asked.get(attribute)
    return words if asked is None else f"{asked:.{digits}f} → {words}"

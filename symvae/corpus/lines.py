"""Prepare single lines: a sound font plays notes of shards, and the contours of the sound are measured.

Each line is an excerpt of a phrase, or a random walk over the instrument's range with long notes; folded
into the range, with an articulation and dynamics of its own. The fundamental is measured beside the notes
that are known (`symvae.dsp.yin.track_near`), so it has the font's tuning and vibrato and no octave errors.
Train, validation and test take their phrases from the shards' splits.

Of a stereo sample the louder channel is taken: the two are often two microphones, whose sum would beat.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int16

from symvae.audio.contours import frequency_contour, touch_features
from symvae.audio.font_player import font_player
from symvae.audio.keyboard import fold_into
from symvae.audio.notes import Notes
from symvae.audio.soundfont import FontPlayer
from symvae.config.ddsp import LINE_INSTRUMENTS, DdspConfig
from symvae.corpus.clips import MAX_PHRASES, excerpt, line, phrases_of
from symvae.corpus.folder_card import CARD_FILE
from symvae.corpus.line_shards import FORMAT, VERSION, Lines
from symvae.corpus.shards import SPLITS, file_checksum
from symvae.dsp.perceived_loudness import loudness_db
from symvae.dsp.wav import FULL_SCALE
from symvae.dsp.yin import track_near
from symvae.errors import CorpusError
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder

#: Share of the lines that are random walks.
WALKS = 0.4
#: A frame is of the note's own pitch where the sound has none: aperiodic, or softer than this.
_APERIODIC, _SOFT_DB = 0.5, -70.0
#: Loudest sample below which an instrument counts as missing from a font.
_SILENT = 1e-4


class Timbre(NamedTuple):
    """An instrument of a font."""

    name: str
    instrument: str
    font: str
    player: FontPlayer


def prepare_lines(
    data: Sequence[Path],
    fonts: Sequence[Path],
    out: Path | str,
    config: DdspConfig,
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Play and measure the lines of every timbre.

    Args:
        data: Folders of shards whose notes are played.
        fonts: Sound fonts.
        out: The folder to write; an older one is replaced.
        config: Choices of the lines, the sample rate and the hop.
        seed: Of all draws.
        progress: Called after each line with the number of lines done and their total.

    Returns:
        The card.

    Raises:
        CorpusError: No font plays any of the instruments, or ``out`` may not be written.
    """
    out, rate, hop = Path(out), config.model.sample_rate, config.model.hop
    timbres, missing = _playable(fonts, config.lines.timbres, rate)
    if not timbres:
        raise CorpusError("None of the instruments can be played by these sound fonts. Give another font.")
    counts = {name: config.lines.lines if name == "train" else config.lines.held_out for name in SPLITS}
    total, done = sum(counts.values()) * len(timbres), 0
    blocks = round(config.lines.line_sec * rate / hop)
    facts: list[dict[str, Any]] = []
    with whole_folder(out, CorpusError, wait=False) as fresh:
        for number, (split, count) in enumerate(counts.items()):
            phrases, rows = phrases_of(data, split, seed, most=min(count * len(timbres), MAX_PHRASES)), []
            for timbre, each in enumerate(timbres):
                for take in range(count):
                    chance = np.random.default_rng([seed, number, timbre, take])
                    rows.append(
                        _line(each, timbre, phrases, chance, blocks=blocks, hop=hop, sample_rate=rate)
                    )
                    done += 1
                    progress(done, total)
            lines = Lines(*(np.stack(column) for column in zip(*rows, strict=True)))
            for column, values in lines._asdict().items():
                np.save(fresh / f"{split}.{column}.npy", values, allow_pickle=False)
            if split == "train":
                facts = [_facts(each, lines, timbre) for timbre, each in enumerate(timbres)]
        card = {
            "format": FORMAT,
            "version": VERSION,
            "sample_rate": rate,
            "hop": hop,
            "timbres": facts,
            "choices": choices_of(config, seed),
            "missing": missing,
            "counts": {name: count * len(timbres) for name, count in counts.items()},
            "seconds": {
                name: round(count * len(timbres) * blocks * hop / rate) for name, count in counts.items()
            },
            "sha256": {path.name: file_checksum(path) for path in sorted(fresh.iterdir())},
        }
        write_text(fresh / CARD_FILE, json.dumps(card, indent=2) + "\n", CorpusError)
    return card


def choices_of(config: DdspConfig, seed: int) -> dict[str, Any]:
    """Choices that decide how lines are played, as a card holds them."""
    return {**asdict(config.lines), "timbres": list(config.lines.timbres), "seed": seed}


def draw_line(
    phrases: Sequence[Notes], chance: np.random.Generator, seconds: float, low: int, high: int
) -> Notes:
    """Draw the notes of a line within a range.

    Args:
        phrases: Notes of a corpus; without any, every line is a random walk.
        chance: Source of the draws.
        seconds: Duration of the line.
        low: Lowest pitch.
        high: Highest pitch.

    Returns:
        Notes that begin one after the other; at least one.
    """
    notes = _walk(chance, seconds, low, high)
    if phrases and chance.random() >= WALKS:
        drawn = line(excerpt(phrases[int(chance.integers(len(phrases)))], chance, seconds), chance)
        notes = drawn if len(drawn.pitch) else notes
    middle = float(np.median(notes.pitch))
    wanted = chance.uniform(low + 4, high - 4)
    pitch = fold_into(notes.pitch + 12 * round((wanted - middle) / 12), low, high)
    articulation = chance.choice([0.35, 0.7, 0.95, 1.0])
    swell = chance.uniform(-30, 30) * np.sin(np.pi * notes.onset_sec / seconds)
    velocity = np.clip(notes.velocity + swell, 15, 127).astype(np.int64)
    return Notes(notes.onset_sec, np.maximum(notes.duration_sec * articulation, 0.05), pitch, velocity)


def _walk(chance: np.random.Generator, seconds: float, low: int, high: int) -> Notes:
    """A random walk with notes of all lengths and velocities, and some rests."""
    rows: list[tuple[float, float, int, int]] = []
    now = float(chance.uniform(0, 0.3))
    pitch, step = int(chance.integers(low, high + 1)), float(chance.choice([0.12, 0.25, 0.5, 1.0, 2.5]))
    velocity = chance.uniform(20, 125)
    while now < seconds:
        length = step * float(np.exp(chance.uniform(-0.4, 0.4)))
        level = int(np.clip(velocity + chance.normal(0, 12), 15, 127))
        if chance.random() > 0.1 or not rows:
            rows.append((now, length, pitch, level))
        now += length
        pitch = int(np.clip(pitch + chance.integers(-7, 8), low, high))
    onset, duration, pitches, velocities = (np.array(column) for column in zip(*rows, strict=True))
    return Notes(onset, duration, pitches, velocities)


def _playable(fonts: Sequence[Path], names: Sequence[str], rate: int) -> tuple[list[Timbre], list[str]]:
    """Timbres of all fonts, and the instruments that a font cannot play.

    Instruments of the first font that has them have the plain name; those of others also name their font.
    """
    timbres: list[Timbre] = []
    missing = []
    for path in fonts:
        player = font_player(path, rate)
        for name in names:
            program, low, high, _ = LINE_INSTRUMENTS[name]
            middle = Notes(np.zeros(1), np.ones(1), np.array([(low + high) // 2]), np.array([90]))
            if np.abs(player.play(middle, program, rate)).max() < _SILENT:
                missing.append(f"{path.stem}/{name}")
                continue
            taken = any(each.name == name for each in timbres)
            timbres.append(Timbre(f"{name}/{path.stem}" if taken else name, name, path.stem, player))
    return timbres, missing


def _line(
    timbre: Timbre,
    number: int,
    phrases: Sequence[Notes],
    chance: np.random.Generator,
    *,
    blocks: int,
    hop: int,
    sample_rate: int,
) -> tuple[np.ndarray, ...]:
    """One row of `Lines`."""
    program, low, high, _ = LINE_INSTRUMENTS[timbre.instrument]
    frames, frame_sec = blocks + 1, hop / sample_rate
    notes = draw_line(phrases, chance, blocks * frame_sec, low, high)
    stereo = timbre.player.play(notes, program, blocks * hop)
    wave = stereo[int(np.square(stereo).sum(1).argmax())]
    wave = wave / max(1.0, float(np.abs(wave).max()))
    near_hz = frequency_contour(notes, 0, frames, frame_sec)
    pitch = track_near(wave, hop, sample_rate, near_hz)
    loudness = loudness_db(torch.from_numpy(wave)[None], hop, sample_rate)[0].numpy()
    without = (pitch.aperiodicity > _APERIODIC) | (loudness < _SOFT_DB)
    return (
        _as_pcm(wave),
        np.where(without, near_hz, pitch.frequency_hz).astype(np.float32),
        np.where(without, 1.0, pitch.aperiodicity).astype(np.float16),
        loudness.astype(np.float32),
        touch_features(notes, 0, frames, frame_sec).astype(np.float16),
        np.array(number, np.int64),
    )


def _as_pcm(wave: Float[np.ndarray, " sample"]) -> Int16[np.ndarray, " sample"]:
    return np.rint(wave * FULL_SCALE).astype(np.int16)


def _facts(timbre: Timbre, lines: Lines, number: int) -> dict[str, Any]:
    """Facts about a timbre that players need: range, loudness, vibrato."""
    program, low, high, vibrato_cents = LINE_INSTRUMENTS[timbre.instrument]
    rows = lines.timbre == number
    loudness = lines.loudness_db[rows][lines.aperiodicity[rows] < _APERIODIC]
    return {
        "name": timbre.name,
        "program": program,
        "font": timbre.font,
        "lowest": low,
        "highest": high,
        "vibrato_cents": vibrato_cents,
        "loudness_db": round(float(loudness.mean()), 2) if len(loudness) else -30.0,
        "loudness_spread_db": round(float(loudness.std()), 2) if len(loudness) else 6.0,
    }

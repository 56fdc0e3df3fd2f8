"""Levels of single notes: each named timbre beside the sound font that it was learned from.

Clips of phrases hide what single notes reveal: a band that is too loud, a slow attack, a velocity that
sounds softer than the one below it. So every C within an instrument's range is played at three velocities,
and the middle one at five more, by the font and by the synthesizer.

    lsd_db            log-spectral distance of the notes
    level_db          total level of all notes, synthesizer less font
    bands_db          the same by octave bands, less ``level_db`` (`symvae.evaluation.metrics.note_levels`)
    centroid_ratio    spectral centroid of all notes, synthesizer over font
    rise_ms           difference in the time to the largest level, of notes whose attack is clear in the font
    softer_steps      steps to a higher velocity at which the note at the middle key gets softer
    range_db          loudness from the lowest of these velocities to the highest
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from torch import Tensor

from symvae.audio.sound_attributes import centroid_hz, loudness_lufs
from symvae.corpus.clips import ClipDraws
from symvae.dsp.octave_bands import BANDS_HZ, band_power
from symvae.evaluation.metrics.note_levels import (
    band_differences_db,
    has_clear_rise,
    rise_ms,
    softer_steps,
)
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, table
from symvae.evaluation.single_notes import (
    HELD_SEC,
    LOUDNESS_VELOCITIES,
    VELOCITIES,
    keys_of,
    notes_to_play,
    play_notes,
)
from symvae.models.sound.spectrogram_vae import FLOOR, SpectrogramVAE
from symvae.objective.spectral import log_spectral_distance_db
from symvae.system.named_timbre import NamedTimbre

_SILENT_LUFS = -120.0


class TimbreLevels(NamedTuple):
    """Figures of a timbre, synthesizer beside font."""

    font: str
    notes: int
    lsd_db: float
    level_db: float
    bands_db: dict[str, float]
    """By the center in Hz; bands that are hardly audible in the font are missing."""
    band_db_mean: float
    """Mean magnitude."""
    band_db_worst: float
    """Largest magnitude."""
    centroid_ratio: float
    clear_notes: int
    """Notes with a clear attack."""
    rise_ms_median: float
    """Median magnitude; nan without clear notes."""
    rise_ms_mean: float
    """Mean magnitude; nan without clear notes."""
    rise_ms_worst: float
    """Largest magnitude; nan without clear notes."""
    softer_steps: int
    softer_steps_font: int
    range_db: float
    range_db_font: float


class MeanLevels(NamedTuple):
    """Figures of all timbres."""

    lsd_db: float
    level_off_db: float
    """Mean magnitude of ``level_db``."""
    band_db_mean: float
    band_db_worst: float
    """Mean of the timbres' worst bands."""
    centroid_factor: float
    """Geometric mean of the ratio or its inverse, whichever is above 1."""
    rise_ms_median: float
    """Mean over timbres with clear notes, as the next two."""
    rise_ms_mean: float
    rise_ms_worst: float
    softer_steps: int
    """Of all timbres together."""
    softer_steps_font: int
    range_off_db: float
    """Mean magnitude of the difference between the ranges of loudness."""


@dataclass(frozen=True)
class Levels:
    """Single notes of the named timbres."""

    mean: MeanLevels
    timbres: dict[str, TimbreLevels]
    """By name."""


def levels(
    network: SpectrogramVAE,
    draws: ClipDraws,
    timbres: Sequence[NamedTimbre],
    fonts: Sequence[str],
    *,
    progress: Progress = silent,
) -> Levels | None:
    """Measure the single notes of named timbres.

    Args:
        network: The synthesizer.
        draws: The reference's fonts.
        timbres: The synthesizer's timbres; those of other fonts are left out.
        fonts: Name of each font.
        progress: Called with the share that is done.

    Returns:
        The figures; None where no timbre was learned from these fonts.
    """
    rows = {}
    for done, timbre in enumerate(timbres):
        keys = keys_of(draws, timbre, fonts)
        if keys is not None:
            notes = notes_to_play(*keys)
            made, real = play_notes(network, draws, timbre, fonts.index(timbre.font), notes)
            rows[timbre.name] = timbre_levels(made, real, network.sample_rate, font=timbre.font)
        progress("levels", (done + 1) / len(timbres))
    return Levels(_mean(list(rows.values())), rows) if rows else None


def timbre_levels(
    made: Float[Tensor, "note sample"], real: Float[Tensor, "note sample"], sample_rate: int, *, font: str
) -> TimbreLevels:
    """Compare the notes of one timbre.

    Args:
        made: The synthesizer's notes, in the order of `notes_to_play`.
        real: The font's.
        sample_rate: Hz.
        font: Name of the font.

    Returns:
        The figures.
    """
    count = len(LOUDNESS_VELOCITIES)
    loudness, loudness_font = (
        [max(loudness_lufs(note, sample_rate), _SILENT_LUFS) for note in notes[-count:].numpy()]
        for notes in (made, real)
    )
    made, real = made[:-count], real[:-count]
    level_db, bands_db = band_differences_db(
        *(band_power(notes, sample_rate).sum(0) for notes in (made, real))
    )
    centroid, centroid_font = (centroid_hz(notes.flatten().numpy(), sample_rate) for notes in (made, real))
    rises = np.abs(rise_differences_ms(made, real, sample_rate))
    return TimbreLevels(
        font=font,
        notes=len(made),
        lsd_db=float(log_spectral_distance_db(made, real, floor=FLOOR).mean()),
        level_db=level_db,
        bands_db={
            str(hz): float(value) for hz, value in zip(BANDS_HZ, bands_db, strict=True) if np.isfinite(value)
        },
        band_db_mean=float(np.nanmean(np.abs(bands_db))),
        band_db_worst=float(np.nanmax(np.abs(bands_db))),
        centroid_ratio=centroid / max(centroid_font, 1e-9),
        clear_notes=len(rises),
        rise_ms_median=float(np.median(rises)) if len(rises) else float("nan"),
        rise_ms_mean=float(rises.mean()) if len(rises) else float("nan"),
        rise_ms_worst=float(rises.max()) if len(rises) else float("nan"),
        softer_steps=softer_steps(loudness),
        softer_steps_font=softer_steps(loudness_font),
        range_db=loudness[-1] - loudness[0],
        range_db_font=loudness_font[-1] - loudness_font[0],
    )


def rise_differences_ms(
    made: Float[Tensor, "note sample"], real: Float[Tensor, "note sample"], sample_rate: int
) -> Float[np.ndarray, " clear_note"]:
    """Difference in the time to the largest level of each note whose attack is clear in the font.

    Args:
        made: The synthesizer's notes.
        real: The font's.
        sample_rate: Hz.

    Returns:
        Milliseconds, synthesizer less font.
    """
    pairs = zip(made.numpy(), real.numpy(), strict=True)
    return np.array(
        [
            rise_ms(own, sample_rate) - rise_ms(other, sample_rate)
            for own, other in pairs
            if has_clear_rise(other, sample_rate)
        ]
    )


def tables(metrics: dict[str, Any]) -> str:
    """Tables of `Levels` as stored in metrics.json, of which ``metrics`` is the whole."""
    part = metrics["levels"]
    mean, rows = part["mean"], part["timbres"]
    return section(
        "Single notes",
        f"Every C of an instrument's range at the velocities {_list(VELOCITIES)}, held for {HELD_SEC} s,"
        " beside the font of the timbre. Level: synthesizer less font. Bands: the same by octaves without the"
        " difference of the level, mean and largest magnitude. Centroid: synthesizer over font (all: ratio or"
        " its inverse). Attack: difference in the time to the largest level, of the notes whose attack is"
        " clear in the font; median, mean and largest magnitude. Softer: steps to a higher velocity"
        f" ({_list(LOUDNESS_VELOCITIES)}) at which the middle key's note gets softer; range: its loudness"
        " from the lowest of these velocities to the highest; both beside the font's.",
        table(
            [
                *("timbre", "LSD, dB", "level, dB", "bands, dB", "worst", "centroid"),
                *("attack, ms", "mean", "worst", "notes", "softer", "font", "range, dB", "font"),
            ],
            [*([name, *_cells(row)] for name, row in rows.items()), ["**all**", *_mean_cells(mean)]],
        ),
        "Bands, dB:",
        table(
            ["timbre", *(f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz} Hz" for hz in BANDS_HZ)],
            [
                [name, *(_signed(row["bands_db"].get(str(hz))) for hz in BANDS_HZ)]
                for name, row in rows.items()
            ],
        ),
    )


def _mean(rows: Sequence[TimbreLevels]) -> MeanLevels:
    def mean(values: Sequence[float]) -> float:
        known = [value for value in values if np.isfinite(value)]
        return float(np.mean(known)) if known else float("nan")

    factors = [abs(np.log(max(row.centroid_ratio, 1e-9))) for row in rows]
    return MeanLevels(
        lsd_db=mean([row.lsd_db for row in rows]),
        level_off_db=mean([abs(row.level_db) for row in rows]),
        band_db_mean=mean([row.band_db_mean for row in rows]),
        band_db_worst=mean([row.band_db_worst for row in rows]),
        centroid_factor=float(np.exp(np.mean(factors))),
        rise_ms_median=mean([row.rise_ms_median for row in rows]),
        rise_ms_mean=mean([row.rise_ms_mean for row in rows]),
        rise_ms_worst=mean([row.rise_ms_worst for row in rows]),
        softer_steps=sum(row.softer_steps for row in rows),
        softer_steps_font=sum(row.softer_steps_font for row in rows),
        range_off_db=mean([abs(row.range_db - row.range_db_font) for row in rows]),
    )


def _cells(row: dict[str, Any]) -> list[str]:
    return [
        f"{row['lsd_db']:.1f}",
        _signed(row["level_db"]),
        *(f"{row[name]:.1f}" for name in ("band_db_mean", "band_db_worst")),
        f"{row['centroid_ratio']:.2f}",
        *_milliseconds(row),
        *(str(row[name]) for name in ("clear_notes", "softer_steps", "softer_steps_font")),
        *(f"{row[name]:.1f}" for name in ("range_db", "range_db_font")),
    ]


def _mean_cells(row: dict[str, Any]) -> list[str]:
    return [
        f"{row['lsd_db']:.1f}",
        f"± {row['level_off_db']:.1f}",
        *(f"{row[name]:.1f}" for name in ("band_db_mean", "band_db_worst")),
        f"{row['centroid_factor']:.2f}",
        *_milliseconds(row),
        "",
        *(str(row[name]) for name in ("softer_steps", "softer_steps_font")),
        f"± {row['range_off_db']:.1f}",
        "",
    ]


def _milliseconds(row: dict[str, Any]) -> list[str]:
    return [
        "–" if row[name] is None else f"{row[name]:.0f}"
        for name in ("rise_ms_median", "rise_ms_mean", "rise_ms_worst")
    ]


def _signed(value_db: float | None) -> str:
    return "–" if value_db is None else f"{value_db:+.1f}"


def _list(velocities: Sequence[int]) -> str:
    return ", ".join(map(str, velocities))

"""Table and card of a line synthesizer's evaluation."""

from collections.abc import Iterable
from typing import Any

from symvae.config.ddsp import DdspConfig
from symvae.evaluation.reports.markdown import section, table
from symvae.system.ddsp_artifacts import LineTimbre


def to_markdown(metrics: dict[str, Any]) -> str:
    """Write the figures as a table.

    Args:
        metrics: Figures of `symvae.evaluation.lines.evaluate_lines`.

    Returns:
        Markdown.
    """
    ways = {"resynthesis": "resynthesis", "from_notes": "from notes", "harmonics": "harmonics, not learned"}
    head = ["", "loudness L1", "f0 L1", "f0 lost", "MSS", "LSD", "times real time"]
    words = f"{metrics['lines']} lines of the split {metrics['split']}, {metrics['seconds']:.0f} s."
    rows = [
        (title, *_cells(metrics[way]), f"{metrics[way]['times_real_time']:.0f}")
        for way, title in ways.items()
    ]
    timbres = [
        (name, *_cells(figures), "") for name, figures in metrics["resynthesis"]["timbres"].items() if figures
    ]
    return section("Lines", words, table(head, [*rows, *timbres]))


def _cells(figures: dict[str, Any]) -> list[str]:
    return [
        f"{figures['loudness_l1']:.3f} ({figures['loudness_l1_db']:.1f} dB)",
        f"{figures['f0_l1_semitones']:.3f} semitones",
        f"{figures['f0_outliers']:.1%}",
        f"{figures['mss']:.3f}",
        f"{figures['lsd_db']:.1f} dB",
    ]


def line_card(config: DdspConfig, timbres: Iterable[LineTimbre], metrics: dict[str, Any]) -> str:
    """Write the card of a line synthesizer.

    Args:
        config: The choices that made it.
        timbres: The instruments that it has learned.
        metrics: Figures of its evaluation.

    Returns:
        The card in Markdown.
    """
    model, known = config.model, list(timbres)
    fonts = " and ".join(sorted({timbre.font for timbre in known}))
    parts = (
        f"# {config.name}",
        config.description,
        f"A DDSP synthesizer at {model.sample_rate / 1000:g} kHz: {model.harmonics} harmonics and noise of"
        f" {model.noise_bands} bands, controlled from fundamental, loudness and timbre. License of the"
        " weights: Apache-2.0.",
        "## Training data",
        f"Single lines that {fonts} played, {config.lines.lines * config.lines.line_sec / 60:g} minutes of"
        f" each of {', '.join(timbre.name for timbre in known)}. The fonts are not included.",
        "## Figures",
        to_markdown(metrics).rstrip(),
        "Loudness is A-weighted, on a scale of 80 dB; f0 is measured by YIN in both sounds. Harmonics of"
        " amplitude 1/k that are not learned follow the same contours.",
        "## Limits",
        "One note at a time; of chords each note is played by a voice of its own. There is no room: the fonts"
        " were played dry. Articulations are those of the fonts' samples.",
    )
    return "\n\n".join(parts) + "\n"

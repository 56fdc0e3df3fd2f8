"""The figures of a genie as a table, and its card."""

from typing import Any

from symvae.config.genie import GenieConfig
from symvae.evaluation.reports.markdown import section, table


def genie_card(config: GenieConfig, metrics: dict[str, Any], split: str) -> str:
    """Write the card of a genie.

    Args:
        config: Its config.
        metrics: All that metrics.json holds: the figures of each split, and the sources of the music.
        split: The split whose figures are shown.

    Returns:
        Markdown.
    """
    origin = [
        (name, each["license"], each["origin"]) for name, each in sorted(metrics.get("sources", {}).items())
    ]
    limits = (
        "Keys of a piano, given the time since the note before; velocities come from the player. Its music "
        "is pop piano, chorales and song, and it plays like these."
    )
    return (
        f"# {config.name}\n\n{config.description}\n\n{limits}\n\n"
        f"## Training music\n\n{table(['source', 'license', 'origin'], origin)}\n\n"
        f"## Figures\n\n{to_markdown(metrics[split])}\n"
    )


def to_markdown(metrics: dict[str, Any]) -> str:
    """Write the figures as a table.

    Args:
        metrics: Figures of `evaluate_genie`.

    Returns:
        Markdown.
    """
    latency = metrics["latency_ms"]
    rows = [
        ("perplexity, buttons and times known", f"{metrics['perplexity']:.2f}"),
        ("… chord, key and velocity known, too", f"{metrics['perplexity_all_known']:.2f}"),
        ("… without buttons", f"{metrics['perplexity_no_buttons']:.2f}"),
        *(
            (f"contour violations / same button moved, {words}", _contour(metrics[name]))
            for name, words in (
                ("buttons_of_music", "real notes"),
                ("free_play", "free play"),
                ("free_play_bound", "bound to the contour"),
                ("buttons_ignored", "real notes under shuffled buttons"),
            )
        ),
        ("gold", f"{metrics['gold']:.2f}"),
        (
            "notes in the key that was asked: played / real",
            f"{metrics['key_share']:.3f} / {metrics['key_share_of_music']:.3f}",
        ),
        (
            "notes in the scale that fits best, no key asked: played / real",
            f"{metrics['own_key_share']:.3f} / {metrics['own_key_share_of_music']:.3f}",
        ),
        ("latency, ms: median / 99th percentile", f"{latency['median']:.2f} / {latency['p99']:.2f}"),
    ]
    words = f"{metrics['excerpts']} excerpts of the {metrics['split']} split."
    return section("Genie", words, table(["", "figure"], rows))


def _contour(figures: dict[str, float]) -> str:
    return f"{figures['violations']:.4f} / {figures['same_button_moved']:.4f}"

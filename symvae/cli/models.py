"""``symvae models``: what comes with the package."""

import json as json_format
from typing import Any

from symvae.cli.console import counted, show, show_json, show_table
from symvae.cli.options import Json


def models(json: Json = False) -> None:
    """List the models in the package: grid, training music, key figures, size."""
    from symvae.system.catalog import available

    known = [_summary(name) for name in available()]
    if json:
        show_json(known)
    elif not known:
        show("No model comes with this package. Train one with `symvae train`.")
    else:
        heads = ("model", "grid", "trained on", "token accuracy", "onset accuracy", "KL nats", "MB")
        show_table(
            heads,
            [
                (
                    each["name"],
                    f"{counted(each['bars'], 'bar')} of {each['metre']}",
                    ", ".join(each["trained_on"]) or "?",
                    _figure(each["token_accuracy"], 3),
                    _figure(each["onset_accuracy"], 3),
                    _figure(each["kl_nats"], 1),
                    _figure(each["size_mb"], 1),
                )
                for each in known
            ],
        )


def _summary(name: str) -> dict[str, Any]:
    from symvae.system.artifacts import load_config
    from symvae.system.catalog import find

    folder = find(name)
    config = load_config(folder)
    file = folder / "metrics.json"
    metrics = json_format.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    measured = metrics.get("reconstruction", {})
    whole, notes = measured.get("all", {}), metrics.get("notes", {})
    free_running = whole.get("mean", {})
    return {
        "name": name,
        "description": config.description,
        "metre": config.model.metre,
        "bars": config.model.bars,
        "latent_size": config.model.latent_size,
        "trained_on": sorted(measured.get("collections", notes.get("collections", []))),
        "token_accuracy": free_running.get("token"),
        "onset_accuracy": free_running.get("onset"),
        "exact_phrases": free_running.get("exact"),
        "notes_found": notes.get("found"),
        "kl_nats": whole.get("kl_nats", notes.get("kl_nats")),
        "size_mb": sum(part.stat().st_size for part in folder.iterdir()) / 1e6,
        "folder": str(folder),
    }


def _figure(value: float | None, places: int) -> str:
    return "?" if value is None else f"{value:.{places}f}"

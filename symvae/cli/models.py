"""``symvae models``: the models in the package."""

from symvae.cli.console import show, show_json, show_table
from symvae.cli.options import Json
from symvae.pipelines.words import counted


def models(json: Json = False) -> None:
    """List the models in the package: grid, training music, key figures, size."""
    from symvae.pipelines.models import others, summaries

    found, rest = summaries(), others()
    if json:
        show_json([*(each.data() for each in found), *(each.data() for each in rest)])
    elif not found and not rest:
        show("No model comes with this package. Train one with `symvae train`.")
    else:
        heads = ("model", "grid", "trained on", "token accuracy", "onset accuracy", "KL nats", "MB")
        rows = [
            (
                each.name,
                f"{counted(each.bars, 'bar')} of {each.metre}",
                ", ".join(each.trained_on) or "?",
                _figure(each.token_accuracy, 3),
                _figure(each.onset_accuracy, 3),
                _figure(each.kl_nats, 1),
                _figure(each.size_mb, 1),
            )
            for each in found
        ]
        show_table(heads, rows)
        show_table(
            ("other model", "what it is", "used by", "MB"),
            [(each.name, each.description, each.used_by, _figure(each.size_mb, 1)) for each in rest],
        )


def _figure(value: float | None, places: int) -> str:
    return "?" if value is None else f"{value:.{places}f}"

"""Section ``data``: how training windows are cut from shards."""

from dataclasses import dataclass

from symvae.config.checks import check_at_least, check_share


@dataclass(frozen=True)
class DataConfig:
    """Augmentation and kind of the training windows."""

    transpose: int = 6
    """Largest transposition of a training phrase in semitones, drawn uniformly, up or down."""
    mid_phrase: bool = False
    """Keep bars as they are inside a tune, with notes held over the bar line: for one-bar models."""

    exchange: float = 0.0
    """Share of the training phrases of drums in which toms and cymbals are exchanged, and of those that take
    some drums from another phrase; of trios also of those whose bass is the melody of another one."""

    splice: float = 0.0
    """Share of the parts of arrangements that go on as in another phrase: from a beat of a single bar, from a
    bar of longer phrases."""

    balance: float = 1.0
    """Collections are drawn in proportion to this power of their numbers of windows: 1 as large as they are,
    0 all alike."""

    def __post_init__(self) -> None:
        check_at_least("data", self, 0, "transpose")
        check_share("data", self, "exchange", "splice", "balance")

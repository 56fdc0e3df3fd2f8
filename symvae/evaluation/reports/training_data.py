"""Training data of a model as its card lists it."""

import re
from dataclasses import dataclass
from typing import Any

from symvae.config.data import DataConfig
from symvae.corpus.sources.folk import FOLDERS
from symvae.corpus.sources.groove import COLLECTION as GROOVE
from symvae.corpus.sources.lieder import COLLECTION as LIEDER
from symvae.corpus.sources.pop909_trio import COLLECTION as POP909_TRIO
from symvae.errors import CorpusError
from symvae.evaluation.reports.markdown import table

#: Collections of songs of which drum models read the drum tracks.
DRUM_SONGS = ("blasphemer", "easyrpg", "freedoom", "helland")
_HEAD = ["collection", "tunes", "bars", "origin", "license"]


@dataclass(frozen=True)
class TrainingData:
    """Training split of the shards that a model was trained on."""

    tunes: int
    bars: int
    rows: tuple[tuple[str, ...], ...]
    """Name, tunes, bars, origin and license of each collection."""

    @classmethod
    def from_shards(cls, card: dict[str, Any]) -> "TrainingData":
        """Read the card of prepared shards."""
        counts = card["counts"]["train"]
        return cls(
            counts["all"]["tunes"],
            counts["all"]["bars"],
            tuple(
                (
                    name,
                    str(counts[name]["tunes"]),
                    str(counts[name]["bars"]),
                    source["origin"],
                    _license(source),
                )
                for name in card["collections"]
                if name in counts and (source := card["sources"][name])
            ),
        )

    @classmethod
    def from_model_card(cls, text: str) -> "TrainingData":
        """Read back what `to_markdown` wrote into a model card.

        Raises:
            CorpusError: If the text names no training data.
        """
        total = re.search(r"^(\d+) training tunes, (\d+) bars", text, re.MULTILINE)
        if total is None:
            raise CorpusError(
                "The model card names no training tunes. Evaluate the model with --update-model."
            )
        lines = text[total.end() :].split("\n\n", 2)[1].splitlines()[2:]
        rows = tuple(tuple(cell.strip() for cell in line.strip("| ").split(" | ")) for line in lines)
        return cls(int(total[1]), int(total[2]), rows)

    @property
    def collections(self) -> set[str]:
        """Names of the collections."""
        return {row[0] for row in self.rows}

    def to_markdown(self, data: DataConfig) -> str:
        """Totals, the augmentation that ``data`` chooses, and a table of the collections."""
        return (
            f"{self.tunes} training tunes, {self.bars} bars; near-duplicate tunes are on one side of the"
            f" split. {_augmentation(data)}\n\n{table(_HEAD, self.rows)}"
        )

    def prepare_arguments(self) -> str:
        """Collections as arguments of `symvae prepare`."""
        names = self.collections
        words = ["folk"] if names & set(FOLDERS) else []
        words += ["--essen"] if "essen" in names else []
        words += ["pop909 POP909_FOLDER"] if "pop909" in names else []
        words += ["lieder LIEDER_FOLDER"] if LIEDER in names else []
        words += ["chorales"] if "bach-chorales" in names else []
        words += ["groove GROOVE_FOLDER"] if GROOVE in names else []
        kinds = ("trio", "drums") if POP909_TRIO in names else ("drums",)
        words += [
            f"{kind} {name.upper()}_FOLDER" for name in sorted(names & set(DRUM_SONGS)) for kind in kinds
        ]
        words += ["trio-pop909 POP909_FOLDER"] if POP909_TRIO in names else []
        named = {*FOLDERS, "pop909", LIEDER, "bach-chorales", GROOVE, *DRUM_SONGS, POP909_TRIO}
        words += ["YOUR_FOLDER"] if names - named else []
        words += ["--drums GROOVE_FOLDER"] if POP909_TRIO in names else []
        return " ".join(words)


def _license(source: dict[str, str]) -> str:
    """License of a collection; shards of release 0.1 spell the key the British way."""
    return source["license"] if "license" in source else source["licence"]


def _augmentation(data: DataConfig) -> str:
    """One sentence on what is changed in training phrases."""
    sentences = ["Each phrase is transposed at random in training."] if data.transpose else []
    if data.exchange:
        sentences.append(
            f"In training, toms and cymbals of a share of {data.exchange:g} of the phrases are exchanged at "
            "random, and as many phrases take some drums from another."
        )
    if data.splice:
        sentences.append(f"A share of {data.splice:g} of the parts end as in another phrase.")
    if data.balance != 1:
        sentences.append(
            f"Collections are drawn in proportion to the power {data.balance:g} of their numbers of phrases."
        )
    return " ".join(sentences) or "Phrases are not changed in training."

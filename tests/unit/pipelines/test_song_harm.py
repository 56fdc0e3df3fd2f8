"""Harm of the faders of a model in whole songs of a folder."""

import shutil
from pathlib import Path

import pytest

import symvae
from symvae.errors import CorpusError
from symvae.evaluation.progress import silent
from symvae.pipelines.song_harm import EDITS, held_out_files, song_harm
from tests.fader_models import ODE

pytestmark = pytest.mark.usefixtures("few_exchanges")


class Names:
    """Shards as far as the choice of songs needs them."""

    def tune_names(self, split: str) -> list[str]:
        return {"train": ["pop/1#2", "pop/2"], "test": ["pop/3", "pop/4#piano"]}.get(split, [])


def test_songs_of_the_split_are_chosen_by_name() -> None:
    files = [Path(f"{number}.mid") for number in range(1, 6)]
    assert [file.stem for file in held_out_files(files, Names(), "test")] == ["3", "4"]
    strangers = [Path("a.mid"), Path("b.mid")]
    assert held_out_files(strangers, Names(), "test") == strangers


def test_every_edit_of_a_fader_that_the_model_has_is_measured(fader_model, tmp_path) -> None:
    shutil.copy(ODE, tmp_path / "ode.mid")
    (tmp_path / "bad.mid").write_bytes(b"no music")
    shares: list[float] = []
    model = symvae.load(fader_model)
    result = song_harm(model, tmp_path, quick=True, progress=lambda _, share: shares.append(share))
    assert result.names == ["ode"]
    assert list(result.edits) == [edit.name for edit in EDITS if edit.values.keys() <= model.faders.keys()]
    assert "register +12" in result.edits
    assert result.notices[0].startswith("left out: bad.mid: ")
    assert shares == sorted(shares)


def test_a_folder_without_readable_songs_is_refused(fader_model, tmp_path) -> None:
    (tmp_path / "bad.mid").write_bytes(b"no music")
    with pytest.raises(CorpusError, match=r"No song of .* can be faded by tiny\. left out: bad\.mid"):
        song_harm(symvae.load(fader_model), tmp_path, progress=silent)

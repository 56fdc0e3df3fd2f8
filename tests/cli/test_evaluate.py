"""evaluate: what it refuses, and both kinds of music."""

import json
import shutil

import pytest


def test_a_piano_model_without_control_is_refused_in_one_sentence(cli, shards) -> None:
    result = cli("evaluate", "piano-4bar", "--data", shards, "--quick")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "symvae: piano-4bar has no fixed time step for each token, so its tokens cannot be compared"
        " one by one: evaluate it with --control, which compares notes and measures its faders.\n"
    )


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--labels", "labels"), "give it with --control"),
        (("--songs", "songs"), "give it with --control"),
        (("--faded", 8), "give it with --control"),
        (("--font", "a.sf2"), "give it with --audio"),
        (("--data", "more"), "give one folder; several are for --audio"),
    ],
)
def test_options_of_another_evaluation_are_wrong_use(cli, shards, tiny_model, words, fault) -> None:
    result = cli("evaluate", tiny_model, "--data", shards, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert fault in result.stderr


def test_an_absent_device_is_refused(cli, shards, tiny_model) -> None:
    result = cli("evaluate", tiny_model, "--data", shards, "--device", "abacus")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "abacus" in result.stderr


def test_an_unknown_split_is_refused_before_the_work(cli, shards, tiny_model, monkeypatch) -> None:
    monkeypatch.setattr(
        "symvae.evaluation.reports.evaluate.fit", lambda *model, **choices: pytest.fail("fitted")
    )
    result = cli("evaluate", tiny_model, "--data", shards, "--split", "exam")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "symvae: There is no split 'exam'. Shards have train, validation, test.\n"


def test_json_is_metrics_json(cli, shards, tiny_model, tmp_path) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    result = cli("evaluate", model, "--data", shards, "--quick", "--json", "--out", "report")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout) == json.loads((tmp_path / "report" / "metrics.json").read_text())
    assert (tmp_path / "report" / "report.md").read_text().startswith("### Reconstruction")

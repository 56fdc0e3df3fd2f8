"""The README keeps its word: its Python runs, its commands exist, its figures are the model's."""

import importlib.util
import re
import shlex

import pytest
import typer.main

from symvae.cli.main import app
from symvae.errors import SymvaeError
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [body for of, body in fenced if of == language]


def commands() -> list[str]:
    lines = [
        line for text in (README, GUIDE) for block in blocks("bash", text) for line in block.splitlines()
    ]
    return [line for line in lines if line.startswith("symvae ")]


def test_the_first_lines_run(tmp_path, monkeypatch):
    first, _, _ = blocks("python")
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    exec(compile(first, "README.md", "exec"), {})
    assert {"path.mid", "variations.mid", "new.mid"} <= {path.name for path in tmp_path.iterdir()}


def test_the_lines_about_faders_run(tmp_path, monkeypatch):
    _, fading, _ = blocks("python")
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    exec(compile(fading, "README.md", "exec"), {})
    assert (tmp_path / "faded.mid").is_file()


def test_the_lines_about_sound_run(tmp_path, monkeypatch):
    _, _, sounding = blocks("python")
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    said: dict = {}
    exec(compile(sounding, "README.md", "exec"), said)
    assert said["sound"].samples.shape[0] == 2
    assert said["z"].shape == (16,)


def test_there_are_commands_for_every_verb():
    assert {shlex.split(line)[1] for line in commands()} == set(typer.main.get_command(app).commands)


@pytest.mark.parametrize("line", commands())
def test_every_command_line_parses(line):
    _, verb, *words = shlex.split(line, comments=True)
    command = typer.main.get_command(app).commands[verb]
    command.make_context(verb, words)  # raises for an option that does not exist or has a wrong value


@pytest.mark.parametrize("line", [line for line in commands() if " train " in line])
def test_every_setting_exists(line):
    from symvae.config.load import load_preset, with_overrides

    words = shlex.split(line)
    settings = [words[i + 1] for i, word in enumerate(words) if word == "--set"]
    try:
        with_overrides(load_preset(words[words.index("--preset") + 1]), settings)
    except SymvaeError as error:
        pytest.fail(str(error))


def test_links_and_pictures_are_there():
    for text, folder in ((README, ROOT), (GUIDE, ROOT / "docs")):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if not target.startswith("https://"):
                assert (folder / target).exists(), target


def test_the_tree_is_the_tree():
    drawn = next(block for block in blocks("") if block.startswith("symvae/"))
    inside, outside = drawn.split("\ndata/")
    rooms = set(re.findall(r"^  ([\w.]+)/? ", inside, re.MULTILINE))
    there = {
        path.name for path in (ROOT / "symvae").iterdir() if path.name not in ("__pycache__", "__main__.py")
    }
    assert rooms == there
    for name in re.findall(r"^(\w+)/ ", "data/" + outside, re.MULTILINE):
        assert (ROOT / name).is_dir(), name


@pytest.mark.parametrize("name", ["readme_table", "fader_table", "sound_table"])
def test_the_figures_are_what_the_script_writes(name):
    path = ROOT / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.with_results(README, script.measured()) == README

"""The documentation is true: its Python runs, its commands and files exist, its figures are measured."""

import importlib.util
import pkgutil
import re
import shlex
from pathlib import Path
from types import ModuleType

import pytest
import typer.main

from symvae.cli.main import app
from symvae.errors import SymvaeError
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    path: path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "benchmarks").rglob("*.md")]
}
#: It names modules of earlier releases.
CHANGELOG = ROOT / "docs/CHANGELOG.md"
CURRENT = [path for path in PAGES if path != CHANGELOG]
MOST_LINES = 160


def blocks(language: str, text: str) -> list[str]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [body for of, body in fenced if of == language]


def commands(*texts: str) -> list[str]:
    lines = [line for text in texts for block in blocks("bash", text) for line in block.splitlines()]
    return sorted({line for line in lines if line.startswith("symvae ")})


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_is_short():
    assert len(README.splitlines()) <= MOST_LINES


def test_the_first_lines_run(tmp_path, monkeypatch):
    (first,) = blocks("python", README)
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(compile(first, "README.md", "exec"), names)
    written = {path.name for path in tmp_path.iterdir()}
    assert {"path.mid", "variations.mid", "new.mid", "excited.mid"} <= written
    assert names["sound"].samples.shape[0] == 2


def test_every_verb_is_documented():
    named = {shlex.split(line)[1] for line in commands(*PAGES.values())}
    assert named == set(typer.main.get_command(app).commands)


@pytest.mark.parametrize("line", commands(*PAGES.values()))
def test_every_command_line_parses(line):
    _, verb, *words = shlex.split(line, comments=True)
    command = typer.main.get_command(app).commands[verb]
    command.make_context(verb, words)  # raises for an option that does not exist or has a wrong value


@pytest.mark.parametrize("line", [line for line in commands(*PAGES.values()) if " train " in line])
def test_every_setting_of_a_command_exists(line):
    from symvae.config.load import load_preset, with_overrides

    words = shlex.split(line)
    settings = [words[i + 1] for i, word in enumerate(words) if word == "--set"]
    try:
        with_overrides(load_preset(words[words.index("--preset") + 1]), settings)
    except SymvaeError as error:
        pytest.fail(str(error))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_targets_of_links_and_pictures_exist(path: Path):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", PAGES[path]):
        if not target.startswith("https://"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", CURRENT, ids=lambda path: path.name)
def test_modules_that_a_page_names_exist(path: Path):
    """Paths are relative to the repository, the package, the benchmarks or the page."""
    roots = (ROOT, ROOT / "symvae", ROOT / "benchmarks", path.parent)
    for name in re.findall(r"(?<![\w/*.])(?:[\w*]+/)+[\w*]+\.py\b", PAGES[path]):
        assert any(list(root.glob(name)) for root in roots), name
    for name in re.findall(r"\bsymvae(?:\.\w+)+", PAGES[path]):
        pkgutil.resolve_name(name)


def test_the_tree_of_the_architecture_page_is_complete():
    page = PAGES[ROOT / "docs" / "architecture.md"]
    drawn = next(block for block in blocks("", page) if block.startswith("symvae/"))
    inside, outside = drawn.split("\ndata/")
    rooms = set(re.findall(r"^  ([\w.]+)/? ", inside, re.MULTILINE))
    present = {
        path.name for path in (ROOT / "symvae").iterdir() if path.name not in ("__pycache__", "__main__.py")
    }
    assert rooms == present
    for name in re.findall(r"^(\w+)/ ", "data/" + outside, re.MULTILINE):
        assert (ROOT / name).is_dir(), name


@pytest.mark.parametrize("name", ["results_table", "fader_table", "sound_table"])
def test_the_tables_are_those_that_the_script_writes(name: str):
    table = script(name)
    results = PAGES[ROOT / "docs" / "results.md"]
    assert table.with_results(results, table.measured()) == results


def test_the_six_figures_are_those_that_the_script_writes():
    assert script("headline").with_figures(README) == README

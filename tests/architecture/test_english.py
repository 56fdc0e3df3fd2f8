"""Docstrings describe parameters, results and errors; summaries are nouns or imperatives; spelling."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "symvae"
FILES = [path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py"))]
#: Functions with at least this number of parameters describe each of them.
DESCRIBED_FROM = 3
#: The modules of the front door describe every parameter.
DOORS = ("system/symvae.py", "system/synth.py", "music/io/files.py", "pipelines/")
#: A summary is a noun phrase or an imperative; it does not begin with a clause.
CLAUSE = re.compile(r"(?:What|How|Where|Whether|Which|Who|When|As many|So many|The same|As `)\b")
BRITISH = re.compile(
    r"\b\w*(?:(?:colo|behavio|neighbo|favo|hono|labo)ur|(?:quant|normal|regular|recogn|optim|minim|maxim|summar|initial"
    r"|standard|synthes|emphas|parametr|amort|organ|real|general|special|penal|visual|util|local)is(?:e|ing|ation)"
    r"|programme(?!r|d)|licence|centre|judgement|catalogue|artefact|practis|(?:label|model|cancel|travel|signal)l(?:ed|ing))"
    r"|\b(?:grey|towards|whilst|learnt|spelt|analogue)\b"
)
#: Names of tensors and keys in files of an earlier release.
KEPT = {
    "symvae/system/weight_file.py: recognise",
    "symvae/system/weight_file.py: summarise",
    "symvae/evaluation/reports/training_data.py: licence",
    "symvae/corpus/shards.py: licence",
    "symvae/corpus/sounds.py: licence",
    "tests/unit/corpus/test_shards.py: licence",
    "tests/unit/system/test_weight_file.py: recognise",
    "tests/unit/system/test_weight_file.py: summarise",
}


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Public functions, methods of public classes among them, with their qualified names."""

    def walk(body: list[ast.stmt], owner: str) -> Iterator[tuple[str, ast.FunctionDef]]:
        for node in body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield from walk(node.body, f"{node.name}.")
            elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield owner + node.name, node

    yield from walk(ast.parse(path.read_text(encoding="utf-8")).body, "")


def constructors(path: Path) -> Iterator[tuple[str, ast.FunctionDef, str]]:
    """``__init__`` of public classes, with the docstrings of the class and of the constructor as one."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for member in node.body:
                if isinstance(member, ast.FunctionDef) and member.name == "__init__":
                    text = (ast.get_docstring(node) or "") + "\n" + (ast.get_docstring(member) or "")
                    yield node.name, member, text


def parameters(node: ast.FunctionDef) -> list[str]:
    found = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [each.arg for each in found if each.arg not in ("self", "cls") and not each.arg.startswith("_")]


def section(docstring: str, name: str) -> str:
    """The text of a Google-style section, empty where there is none."""
    match = re.search(rf"^{name}:\n(.*?)(?=^\w+:\n|\Z)", docstring, re.DOTALL | re.MULTILINE)
    return match.group(1) if match else ""


def raised(node: ast.FunctionDef) -> set[str]:
    """Names of symvae's errors that the body raises itself."""
    names = {
        ast.unparse(each.exc.func).rsplit(".", 1)[-1]
        for each in ast.walk(node)
        if isinstance(each, ast.Raise) and isinstance(each.exc, ast.Call)
    }
    return {
        name
        for name in names
        if re.fullmatch(
            r"(?:Symvae|Audio|Checkpoint|Config|Corpus|Latent|Midi|Phrase|Token|Training)Error", name
        )
    }


def undescribed(node: ast.FunctionDef, docstring: str, least: int) -> list[str]:
    names = parameters(node)
    if len(names) < least:
        return []
    args = section(docstring, "Args")
    return [
        name for name in names if not re.search(rf"^\s+(?:\w+, )*\*?{name}(?:, \w+)*:", args, re.MULTILINE)
    ]


@pytest.mark.parametrize("name", FILES)
def test_parameters_results_and_errors_are_described(name: str) -> None:
    path, faults = PACKAGE / name, []
    # Options of the command line have a help text of their own.
    least = 1000 if name.startswith("cli/") else 1 if name.startswith(DOORS) else DESCRIBED_FROM
    for title, node in functions(path):
        docstring = ast.get_docstring(node) or ""
        decorators = {ast.unparse(each).split(".")[-1] for each in node.decorator_list}
        if decorators & {"property", "cached_property", "overload"}:
            continue
        faults += [f"{title}: {each} is in no Args" for each in undescribed(node, docstring, least)]
        returns = node.returns is not None and ast.unparse(node.returns) not in ("None", "NoReturn")
        if (
            returns
            and len(parameters(node)) >= least
            and not (section(docstring, "Returns") or section(docstring, "Yields"))
        ):
            faults.append(f"{title}: no Returns")
        raises = section(docstring, "Raises")
        faults += [
            f"{title}: raises {each} and does not say so" for each in raised(node) if each not in raises
        ]
    for title, node, docstring in constructors(path):
        faults += [f"{title}(): {each} is in no Args" for each in undescribed(node, docstring, least)]
    assert faults == []


@pytest.mark.parametrize("name", FILES)
def test_summaries_are_nouns_or_imperatives(name: str) -> None:
    tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)]
    summaries = [(ast.get_docstring(node) or "").split("\n")[0] for node in nodes]
    assert [summary for summary in summaries if CLAUSE.match(summary)] == []


@pytest.mark.parametrize("folder", ["symvae", "tests", "examples", "benchmarks", "docs", "README.md"])
def test_spelling_is_american(folder: str) -> None:
    place = ROOT / folder
    paths = (
        [place] if place.is_file() else [p for p in place.rglob("*") if p.suffix in (".py", ".md", ".toml")]
    )
    found = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in paths
        if path.name != "test_english.py"
        for match in BRITISH.finditer(path.read_text(encoding="utf-8"))
    }
    assert found <= KEPT

"""No module outside the families compares kinds of music: the tokenizer answers for its music."""

import ast
from collections.abc import Iterator

import pytest

from symvae.system.families import FAMILIES
from symvae.tokens.table import TOKENIZERS
from tests.conftest import ROOT

PACKAGE = ROOT / "symvae"
#: Places that define kinds.
DEFINED_IN = ("tokens/", "system/families.py")
FILES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.relative_to(PACKAGE).as_posix().startswith(DEFINED_IN)
]
CLASSES = {each.__name__ for each in TOKENIZERS.values()}


def is_kind(node: ast.expr) -> bool:
    """True for the name or class of a kind, alone or in a tuple, list or set."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(is_kind(each) for each in node.elts)
    if isinstance(node, ast.Constant):
        return node.value in FAMILIES
    return ast.unparse(node).split(".")[-1] in CLASSES


def comparisons(source: str) -> Iterator[str]:
    """Comparisons, patterns and ``isinstance`` calls that test for a kind."""
    for node in ast.walk(ast.parse(source)):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            asked = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            asked = [node.value]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("isinstance", "issubclass"):
            asked = node.args[1:]
        if any(is_kind(each) for each in asked):
            yield ast.unparse(node)


@pytest.mark.parametrize(
    "source",
    [
        'model.tokenizer == "piano"',
        '"melody" != kind',
        'kind in ("drums", "piano")',
        "isinstance(tokens, PianoBars)",
        "isinstance(tokens, str | piano.PianoBars)",
        'match kind:\n    case "melody": pass',
    ],
)
def test_a_comparison_of_kinds_is_found(source: str) -> None:
    assert list(comparisons(source))


@pytest.mark.parametrize(
    "source", ["model.tokenizer == other.tokenizer", 'name == "violin"', 'render(timbre="piano")']
)
def test_other_comparisons_are_allowed(source: str) -> None:
    assert not list(comparisons(source))


def test_no_file_compares_kinds() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}: {text}"
        for path in FILES
        for text in comparisons(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_no_other_file_imports_the_module_of_a_kind() -> None:
    modules = {each.__module__ for each in TOKENIZERS.values()}
    found = {
        f"{path.relative_to(PACKAGE)}: {node.module}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module in modules
    }
    assert found == set()


def test_every_family_has_the_tokenizer_of_its_name() -> None:
    assert {name: each.tokenizer for name, each in FAMILIES.items()} == TOKENIZERS
    assert all(name == each.name for name, each in TOKENIZERS.items())

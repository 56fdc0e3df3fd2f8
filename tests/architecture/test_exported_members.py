"""The front door is small, and everything in it opens (after httpx's test of the same name)."""

import subprocess
import sys

import pytest

import symvae
from symvae import errors
from tests.conftest import ROOT


def test_every_exported_name_is_there():
    assert symvae.__all__ == sorted(symvae.__all__, key=lambda name: (name == "load", name))
    for name in symvae.__all__:
        assert getattr(symvae, name) is not None


def test_every_error_is_exported_and_descends_from_one():
    family = {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)
    }
    assert family <= set(symvae.__all__)
    assert all(issubclass(getattr(symvae, name), symvae.SymvaeError) for name in family)


def test_a_name_that_is_not_there_lists_those_that_are():
    with pytest.raises(AttributeError, match=r"symvae has no 'lode'\. It has: .*load"):
        symvae.lode  # noqa: B018


def test_importing_symvae_costs_nothing():
    code = "import sys, symvae; print([n for n in ('torch', 'numpy', 'jaxtyping') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

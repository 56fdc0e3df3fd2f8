"""Every exported name can be imported, and importing the package is cheap (after httpx's test)."""

import subprocess
import sys

import pytest

import symvae
from symvae import errors
from tests.conftest import ROOT


def test_every_exported_name_can_be_imported():
    assert symvae.__all__ == sorted(symvae.__all__, key=lambda name: (name == "load", name))
    for name in symvae.__all__:
        assert getattr(symvae, name) is not None


def test_every_error_is_exported_and_descends_from_symvae_error():
    tree = {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)
    }
    assert tree <= set(symvae.__all__)
    assert all(issubclass(getattr(symvae, name), symvae.SymvaeError) for name in tree)


def test_an_unknown_name_is_answered_with_the_exported_ones():
    with pytest.raises(AttributeError, match=r"symvae has no 'lode'\. It has: .*load"):
        symvae.lode  # noqa: B018


def test_importing_symvae_imports_no_library():
    code = "import sys, symvae; print([n for n in ('torch', 'numpy', 'jaxtyping') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

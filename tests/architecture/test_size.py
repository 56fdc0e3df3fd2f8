"""The package stays small: its weights leave room for the families to come."""

import zipfile

from tests.architecture.test_tree import tracked
from tests.conftest import ROOT

#: A wheel is a zip file of the package; bytes.
LARGEST_WHEEL = 90_000_000


def test_a_wheel_is_smaller_than_90_mb(tmp_path) -> None:
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as wheel:
        for name in tracked():
            if name.startswith("symvae/"):
                wheel.write(ROOT / name, name)
    assert path.stat().st_size < LARGEST_WHEEL

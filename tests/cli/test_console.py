"""Tables on the terminal hold what they are given."""

import pytest

from symvae.cli.console import show_table


@pytest.mark.parametrize("name", ["piano:violin:0.5", "[/b]", "[red]lead[/red]", ":fire:"])
def test_names_are_no_markup(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("part", "notes"), [(name, "3")])
    assert name in capsys.readouterr().out

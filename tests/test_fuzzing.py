"""A few made-up files for each reader of strangers' files; `make fuzz` tries them for ten minutes."""

from __future__ import annotations

import pytest
from hypothesis import strategies

from tests.fuzzing import READERS, search


@pytest.mark.parametrize("name", READERS)
def test_whatever_a_strangers_file_holds_it_is_read_or_refused_in_a_sentence(name: str) -> None:
    search(name, 10 if name in ("exif", "xmp") else 25, number=20261130)


def test_a_reader_that_raises_something_else_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_: object, number: int) -> None:
        if number > 500:
            raise KeyError(number)

    monkeypatch.setitem(READERS, "careless", (strategies.integers(0, 1000), read))
    with pytest.raises(KeyError, match="501"):
        search("careless", 100, number=1, reached=set())

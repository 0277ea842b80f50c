"""What a list shows of a name or a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.faces.masks import masked_digits, masked_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张小兰", "张*兰"),
        ("王芳", "王*"),
        ("欧阳小兰", "欧**兰"),
        ("Kim Minsu", "Kim *"),
        ("Anna", "A*"),
        ("李", "*"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert masked_name(name) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("000 5550 0147", "000****0147"),
        ("999999195304121234", "9****************4"),
        ("E1234567", "E******7"),
        ("123", "***"),
        ("", ""),
    ],
)
def test_digits(text: str, masked: str) -> None:
    assert masked_digits(text) == masked


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=6))
def test_a_name_shows_at_most_its_first_and_last_sign(name: str) -> None:
    masked = masked_name(name)
    assert len(masked) == len(name)
    assert sum(sign != "*" for sign in masked) <= 2
    assert masked != name


@given(st.text(alphabet="0123456789X", min_size=1, max_size=20))
def test_a_number_never_shows_more_than_seven_signs(text: str) -> None:
    masked = masked_digits(text)
    assert len(masked) == len(text)
    assert sum(sign != "*" for sign in masked) <= (7 if len(text) == 11 else 2)

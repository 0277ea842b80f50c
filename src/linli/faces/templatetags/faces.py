"""``{% load faces %}``: words, numbers, dates and masks as filters; components, charts and maps as tags."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from linli.faces import drawing, formats, masks
from linli.faces import words as _words
from linli.faces.context import ROLE_NAMES
from linli.faces.icons import ICONS
from linli.kernel.words import Words

register = template.Library()


@register.simple_tag
def html_language() -> str:
    """``en`` or ``zh-Hans`` for the ``lang`` attribute."""
    return _words.current_language()


@register.filter
def words(value: Words | Mapping[str, Any] | str | None) -> str:
    """Stored words as a sentence in the reader's language."""
    if value is None or isinstance(value, str):
        return value or ""
    return _words.render(value)


@register.filter
def pick(value: Mapping[str, str] | str | None) -> str:
    """The reader's language out of ``{"en": …, "zh-Hans": …}``."""
    return _words.pick(value)


@register.filter
def words_list(values: Any) -> str:
    """Several short things as one text: joined with ", " or 、."""
    return _words.JOIN[_words.current_language()].join(str(written(value)) for value in values)


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """``1234`` → ``1,234``, true minus; None (withheld) → ``–``."""
    return formats.WITHHELD if value is None or value == "" else formats.number(value, places)


@register.filter
def signed(value: Any, places: int | None = None) -> str:
    """A change: ``+27``, ``−9``, ``0``."""
    return formats.WITHHELD if value is None or value == "" else formats.signed(value, places)


@register.filter
def percent(value: Any, places: int = 0) -> str:
    """A share of 1 as ``15%``."""
    return formats.WITHHELD if value is None or value == "" else f"{formats.number(value * 100, places)}%"


@register.filter
def range_(low: Any, high: Any) -> str:
    """``{{ low|range_:high }}``: ``9–20`` or 9至20; without both ends: ``–``."""
    if low is None or high is None:
        return formats.WITHHELD
    return formats.span(low, high, _words.current_language())


@register.filter
def day(value: Any, style: str = "short") -> str:
    """A date: short 16 Nov, long 16 November, year, full, weekday, month. Instants are read in the page's time zone."""
    found = _date(value)
    return formats.day(found, _words.current_language(), style) if found else ""


@register.filter
def when(value: datetime | None, style: str = "short") -> str:
    """A date with its time of day in the page's time zone."""
    if not value:
        return ""
    return formats.when(timezone.localtime(value) if timezone.is_aware(value) else value, _words.current_language(), style)


@register.filter
def moment(value: Any) -> str:
    """What a timeline says of when: an instant with its time, a date, or words as they are."""
    if isinstance(value, datetime):
        return when(value, "weekday")
    return day(value, "year") if isinstance(value, date) else str(value or "")


@register.filter
def written(value: Any) -> Any:
    """A number as numbers are written, a date as dates are, words as they are."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return formats.number(value)
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return day(value)
    return "" if value is None else value


@register.filter
def ago(value: Any) -> str:
    """today, yesterday, 3 days ago, 5 weeks ago; longer ago: the date."""
    found = _date(value)
    return formats.ago(found, timezone.localdate(), _words.current_language()) if found else ""


@register.filter
def days_to(first: Any, last: Any) -> str:
    """``{{ first|days_to:last }}``: 9 to 15 November, 11月9日至15日."""
    start, end = _date(first), _date(last)
    return formats.days_between(start, end, _words.current_language()) if start and end else ""


@register.filter
def masked_name(value: str | None) -> str:
    """张*兰."""
    return masks.masked_name(value or "")


@register.filter
def masked_digits(value: str | None) -> str:
    """138****1234, 3****************4."""
    return masks.masked_digits(value or "")


@register.filter
def role_name(value: Any) -> Any:
    """The name of a role in words."""
    return ROLE_NAMES.get(str(value), value)


@register.simple_tag
def gap() -> str:
    """What stands between two sentences: a space in English, nothing in Chinese."""
    return "" if _words.current_language() == formats.CHINESE else " "


@register.simple_tag
def icon(name: str, size: int = 24) -> SafeString:
    """A 24 px line icon, always beside a word. Names: see ``linli.faces.icons``."""
    return mark_safe(
        f'<svg class="icon" viewBox="0 0 24 24" width="{size:d}" height="{size:d}" aria-hidden="true" focusable="false">'
        f'<path d="{ICONS[name]}"/></svg>'
    )


@register.tag
def wrap(parser: Parser, token: Token) -> WrapNode:
    """``{% wrap "p" "lede" %}…{% endwrap %}``: the element around its content, or nothing where the content is empty."""
    parts = token.split_contents()[1:]
    if not 1 <= len(parts) <= 2:
        raise template.TemplateSyntaxError("wrap takes an element and, if wished, a class")
    nodes = parser.parse(("endwrap",))
    parser.delete_first_token()
    return WrapNode(nodes, *(parser.compile_filter(part) for part in parts))


class WrapNode(template.Node):
    def __init__(self, nodelist: NodeList, element: FilterExpression, css: FilterExpression | None = None) -> None:
        self.nodelist = nodelist
        self.element = element
        self.css = css

    def render(self, context: template.Context) -> SafeString:
        inside = self.nodelist.render(context)
        if not inside.strip():
            return SafeString("")
        element = self.element.resolve(context)
        css = f' class="{self.css.resolve(context)}"' if self.css else ""
        return mark_safe(f"<{element}{css}>{inside}</{element}>")


def _date(value: Any) -> date | None:
    if not value:
        return None
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    if isinstance(value, date):
        return value
    if hasattr(value, "monday"):
        return value.monday
    return formats.parse_day(str(value))


drawing.register_on(register)

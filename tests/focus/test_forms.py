"""The decision form asks for what its answer needs, and for nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.focus.web.forms import DecisionForm
from linli.kernel.ids import new_id

WORKER = new_id()


def form(**data: Any) -> DecisionForm:
    return DecisionForm(data, workers=[(WORKER, "a worker")])


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_a_task_needs_owner_and_date_alone() -> None:
    assert form(act="task", owner=str(WORKER), due=in_days(3)).is_valid()
    assert set(form(act="task").errors) == {"owner", "due"}


def test_known_needs_date_and_reason_alone() -> None:
    assert form(act="known", until=in_days(30), known_reason="A third collection is agreed.").is_valid()
    assert set(form(act="known").errors) == {"until", "known_reason"}


def test_dismissing_needs_a_reason_alone() -> None:
    assert form(act="dismiss", dismiss_reason="Counted twice.").is_valid()
    assert set(form(act="dismiss", dismiss_reason="   ").errors) == {"dismiss_reason"}


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", in_days(-1)])
def test_a_date_must_be_one_and_not_past(day: str) -> None:
    faulty = form(act="task", owner=str(WORKER), due=day)
    assert list(faulty.errors) == ["due"]
    assert len(faulty.errors["due"]) == 1


def test_faults_of_the_other_answers_do_not_count() -> None:
    assert form(act="dismiss", dismiss_reason="Counted twice.", due="nonsense", until="nonsense", owner="nobody").is_valid()


def test_an_owner_is_one_of_the_workers() -> None:
    assert set(form(act="task", owner=str(new_id()), due=in_days(1)).errors) == {"owner"}


def test_every_field_stands_below_one_answer() -> None:
    below = [bound.name for _value, _name, _chosen, fields in form().answers() for bound in fields]
    assert sorted(below) == sorted(set(DecisionForm.base_fields) - {"act"})

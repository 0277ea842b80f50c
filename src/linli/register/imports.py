"""The population file: what it may say, and what taking it in would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from linli.intake import Choice, Field, Kind, Outcome, ParsedRows, Plan, Recognised, Row, Verdict, parse
from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput
from linli.kernel.weeks import Week
from linli.kernel.words import Words, sentence
from linli.register.commands import apply_population, undo_population
from linli.register.queries.erased import erased_rows
from linli.register.queries.people import masked_names
from linli.register.queries.places import address_index, community_code, time_zone
from linli.register.queries.standing import latest_round, needs_told, standing
from linli.register.queries.suspects import model_version, suspects
from linli.register.rules import codes, needs, residence
from linli.register.rules.checking import Refusal, read
from linli.register.rules.coverage import Coverage, Extent, Limits, Reason, coverage_of, limits_of, second_person
from linli.register.rules.documents import as_eighteen
from linli.register.rules.entries import Entry
from linli.register.rules.headings import usual_headings
from linli.register.rules.ids import NOBODY, Ids
from linli.register.rules.precedence import Source
from linli.register.rules.reconcile import Decision, Reconciliation, Result
from linli.register.rules.thresholds import threshold
from linli.territory.queries import building_grids
from linli.trust import Permission

NOT_A_CODE = sentence("register.cell.not_a_code", "This is neither a code of the table nor one of its words.")
SEE_TABLE = sentence(
    "register.cell.see_table", "Use the code or word of the national table, or declare in the mapping what it means (values)."
)
NOT_A_NEED = sentence("register.cell.not_a_need", "This names no kind of help that is kept here: %(word)s.")
SEE_NEEDS = sentence("register.cell.see_needs", "Use 上下楼, 用餐, 听力, 视力, 洗浴, 认路 or 用电设备. Illnesses are not kept.")
OLDER_FILE = sentence(
    "register.older_file", "A newer population file, of %(week)s, has been taken in; this one would undo what it says."
)
UNDO_NEWER = sentence("register.undo_newer", "Undo the newer file first, take this one in, then the newer one again.")


def _coded(find: Callable[[str], Any]) -> Callable[[str], Any]:
    def look_up(cell: str) -> Any:
        found = find(parse.narrow(cell))
        if found is None:
            raise BadInput(NOT_A_CODE, remedy=SEE_TABLE)
        return found

    return look_up


def _needs(cell: str) -> frozenset[needs.Need]:
    found, unknown = needs.parse(cell)
    if unknown:
        # The word may be an illness, or a name in the wrong column, and an error is kept: so it only counts the signs.
        raise BadInput(NOT_A_NEED, remedy=SEE_NEEDS, word="*" * len(unknown[:12]))
    return found


MANY_GONE = sentence(
    "register.second.gone", "%(gone)s of %(living)s residents are not in this file. Somebody else looks at it before it counts."
)
MANY_CHANGED = sentence(
    "register.second.changed", "%(changed)s of %(living)s residents would change. Somebody else looks at it before it counts."
)
EVERYBODY = Coverage(Extent.FULL)

FIELDS = (
    Field("key", sentence("register.field.key", "File number of the source"), parse=parse.text(40)),
    Field("household", sentence("register.field.household", "Household number"), parse=parse.text(40)),
    Field("relation", sentence("register.field.relation", "Relation to the head"), parse=_coded(codes.relation)),
    Field("name", sentence("register.field.name", "Name"), required=True, parse=parse.text(100), sensitive=True),
    Field("sex", sentence("register.field.sex", "Sex"), parse=_coded(codes.sex)),
    Field("number", sentence("register.field.number", "Identity or document number"), parse=as_eighteen, sensitive=True),
    Field("document", sentence("register.field.document", "Kind of document"), parse=_coded(codes.document)),
    Field("birth", sentence("register.field.birth", "Date of birth"), parse=parse.day, sensitive=True),
    Field("ethnic", sentence("register.field.ethnic", "Ethnicity"), parse=_coded(codes.ethnicity), sensitive=True),
    Field("education", sentence("register.field.education", "Education"), parse=_coded(codes.education)),
    Field(
        "hukou_address", sentence("register.field.hukou_address", "Address of the hukou"), parse=parse.text(200), sensitive=True
    ),
    Field("hukou_region", sentence("register.field.hukou_region", "Region of the hukou"), parse=parse.text(12)),
    Field("address", sentence("register.field.address", "Present address"), parse=parse.text(200), sensitive=True),
    Field("residence", sentence("register.field.residence", "Kind of residence"), parse=_coded(residence.claim)),
    Field("since", sentence("register.field.since", "Here since"), parse=parse.day),
    Field("phone", sentence("register.field.phone", "Telephone"), parse=parse.telephone, sensitive=True),
    Field("needs", sentence("register.field.needs", "Help needed"), parse=_needs, sensitive=True),
    Field("consent", sentence("register.field.consent", "Day of consent"), parse=parse.day),
    Field("change", sentence("register.field.change", "Kind of change"), parse=_coded(codes.change)),
    Field("change_date", sentence("register.field.change_date", "Day it happened"), parse=parse.day),
    Field("verified", sentence("register.field.verified", "Day verified"), parse=parse.day),
)


def plan_population(
    *,
    viewer: Actor,
    community: UUID,
    rows: Sequence[Row],
    options: Mapping[str, Any],
    as_of: datetime,
    recognised: Recognised | None = None,
) -> Plan:
    """What the rows would do to the register. BadInput for another community's file, and for one older than what is known.

    ``options``: ``coverage`` ``full`` (everybody who lives here; who is missing is unverified) or ``partial`` (default);
    ``source``: who speaks, as in ``rules.precedence``. ``recognised``: rows that say what they said last time.
    """
    monday = Week.of(as_of.astimezone(ZoneInfo(time_zone(viewer=viewer, community=community))).date()).monday
    newest = latest_round(viewer=viewer, community=community)
    if newest is not None and monday < newest:
        raise BadInput(OLDER_FILE, remedy=UNDO_NEWER, week=str(Week(newest)))
    code = community_code(viewer=viewer, community=community)
    entries: list[Entry] = []
    refused: dict[int, Refusal] = {}
    # Read row by row, each forgotten then: as rows and as entries at once a million of them would take 1 GB more.
    for row in rows.let_go() if isinstance(rows, ParsedRows) else rows:
        entry = read(row.number, row.values, monday)
        if isinstance(entry, Refusal):
            refused[row.number] = entry
        else:
            entries.append(entry)
    index = address_index(viewer=viewer, community=community)
    for entry in entries:
        entry.found = index.find(entry.address)
    coverage, limits = coverage_of(options), limits_of(options)
    full = coverage.extent is Extent.FULL
    now = standing(viewer=viewer, community=community, entries=entries, coverage=coverage, day=monday)
    shown = Ids(np.sort(recognised.objects)) if recognised is not None else NOBODY
    like = suspects(viewer=viewer, community=community, entries=entries, standing=now, shown=shown)
    gone = erased_rows(viewer=viewer, community=community, entries=entries)
    file = Reconciliation(
        now, index, day=monday, full=full, community_code=code, source=_source(options), shown=shown, suspects=like,
        judges="waiting" not in options, grid_of=building_grids(viewer=viewer, community=community), erased=gone,
    )  # fmt: skip
    file.renewal.model = model_version()
    file.renewal.coverage = coverage.as_json()
    # Only a file of everybody vouches for everybody; one of a part of them vouches for whom it shows.
    file.renewal.full = file.full and coverage == EVERYBODY
    told = any(entry.needs for entry in entries) or needs_told(viewer=viewer, community=community, among=shown)
    decisions = file.run(entries, needs_column=told)
    if file.renewal.full:
        # Whom it named follows from whom it missed.
        file.renewal.named = None
    outcomes = [_outcome(decision, settled=decision.row not in file.unbelieved) for decision in decisions]
    outcomes += [_refused(row, refusal) for row, refusal in refused.items()]
    plan = Plan(sorted(outcomes, key=lambda outcome: outcome.row), file.renewal, dict(file.counts))
    plan.needs_second = _second(file, len(now.living), decisions, limits)
    return plan


def _second(file: Reconciliation, living: int, decisions: Sequence[Decision], limits: Limits) -> Words | None:
    """Why somebody else has to look before the file is written: so many would go or change that it may be the wrong file."""
    if living < threshold("judged_from"):
        return None
    leavers = len(file.renewal.open_lapses)
    changes = sum(decision.result in (Result.CHANGED, Result.LEFT) for decision in decisions)
    reasons = second_person(in_scope=living, leavers=leavers, changes=changes, limits=limits)
    if not reasons:
        return None
    return Words(
        MANY_GONE if Reason.LEAVERS in reasons else MANY_CHANGED, {"gone": leavers, "changed": changes, "living": living}
    )


def _source(options: Mapping[str, Any]) -> Source:
    """Who speaks; a source without a place in the order of precedence is believed least."""
    said = str(options.get("source", ""))
    return Source(said) if said in set(Source) else Source.FILE


def _outcome(decision: Decision, *, settled: bool) -> Outcome:
    if decision.refusal is not None:
        return _refused(decision.row, decision.refusal, Verdict(decision.result.value))
    verdict = Verdict(decision.result.value)
    return Outcome(decision.row, verdict, object_id=decision.person, fields=decision.fields, settled=settled)


def _refused(row: int, refusal: Refusal, verdict: Verdict = Verdict.REFUSED) -> Outcome:
    return Outcome(row, verdict, refusal.words, refusal.remedy, refusal.column, refusal.shown)


# What stands below the sum of a population file.
sentence("register.population.count.born", "one born", "%(count)s born", count="count")
sentence("register.population.count.moved_in", "one moved in", "%(count)s moved in", count="count")
sentence("register.population.count.died", "one died", "%(count)s died", count="count")
sentence("register.population.count.moved_out", "one moved away", "%(count)s moved away", count="count")
sentence("register.population.count.without_number", "one new without a number", "%(count)s new without a number", count="count")
sentence(
    "register.population.count.needs_without_consent",
    "one care need left out: no consent",
    "%(count)s care needs left out: no consent",
    count="count",
)
sentence(
    "register.population.count.needs_of_children",
    "one care need of a child left out: write it down at the desk, with the guardian who agrees",
    "%(count)s care needs of children left out: write them down at the desk, with the guardian who agrees",
    count="count",
)
sentence(
    "register.population.count.unverified",
    "one person of the register not in the file, so not verified",
    "%(count)s people of the register not in the file, so not verified",
    count="count",
)
sentence(
    "register.population.count.left_proposed",
    "one resident is missing from the file: has this person left?",
    "%(count)s residents are missing from the file: have they left?",
    count="count",
)
sentence(
    "register.population.count.conflicts",
    "one value contradicts what was seen at the door or desk",
    "%(count)s values contradict what was seen at the door or desk",
    count="count",
)
sentence(
    "register.population.count.linked",
    "one row taken for somebody by likeness",
    "%(count)s rows taken for somebody by likeness",
    count="count",
)
sentence(
    "register.population.count.erased",
    "one row names somebody whose data were erased",
    "%(count)s rows name people whose data were erased",
    count="count",
)
sentence("register.population.count.addresses", "one address read", "%(count)s addresses read", count="count")
sentence(
    "register.population.count.addresses_found",
    "one address names a building here",
    "%(count)s addresses name a building here",
    count="count",
)
# What a mapping says of its file beside the columns; the harmless answer first.
COVERAGE = Choice(
    "coverage",
    sentence("register.choice.coverage", "Whom does the file show?"),
    {
        "partial": sentence("register.choice.partial", "Some people; nobody is missing from it"),
        "full": sentence("register.choice.full", "Everybody who lives in the community; who is missing may have left"),
        "delta": sentence("register.choice.delta", "Only what changed"),
    },
)
SOURCE = Choice(
    "source",
    sentence("register.choice.source", "Who wrote it?"),
    {
        "file": sentence("register.choice.file", "Somebody else, or not known"),
        "police": sentence("register.choice.police", "The police station"),
        "landlord": sentence("register.choice.landlord", "A landlord"),
        "employer": sentence("register.choice.employer", "An employer"),
        "resident": sentence("register.choice.resident", "The residents themselves"),
        "door": sentence("register.choice.door", "Our workers, at the door"),
    },
)
POPULATION = Kind(
    name="register.population",
    label=sentence("register.population", "Residents"),
    permission=Permission.REGISTER_RENEW,
    fields=tuple(replace(field, usual=usual_headings(field.name)) for field in FIELDS),
    plan=plan_population,
    apply=apply_population,
    undo=undo_population,
    recalls=True,
    volatile=frozenset({"verified"}),
    show=masked_names,
    choices=(COVERAGE, SOURCE),
)

"""The pages of Imports."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.faces import render as render_words
from linli.faces.formats import number
from linli.intake import commands, queries, taking
from linli.intake.kinds import KINDS, Undone
from linli.intake.queries import BatchRow
from linli.intake.readers import SMALLER, TOO_LARGE
from linli.intake.recognition import Unrecognised
from linli.intake.rules import State, may_approve, may_become, safe_cell
from linli.intake.web import present, proposing
from linli.intake.web.forms import ReasonForm, UploadForm
from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, LinliError, NotAllowed, Where
from linli.trust import Permission, Zone, account_names, page

BATCHES = 40
_TONES = {State.REFUSED: "high", State.PREVIEWED: "due", State.AWAITING: "due", State.UNDONE: "mute"}
_PLAIN_READ = 50_000
"""Up to so many rows it is looked up whether anything is to be said of them; above, they are listed page by page."""


@page("intake.list", may=Permission.IMPORT_READ)
def imports(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """Every file that was taken in, newest first; and the form that takes one in."""
    mappings = [m for m in queries.mappings(viewer=viewer, community=community.id) if _may_apply(viewer, m.kind)]
    form = UploadForm(request.POST or None, request.FILES or None, mappings=mappings)
    fault = None
    if request.method == "POST" and form.is_valid():
        try:
            report = _look_at(request, viewer, community.id, form.cleaned_data["file"], form.cleaned_data["mapping"] or None)
        except LinliError as error:
            fault = present.told(error)
        else:
            if isinstance(report, str):
                return redirect(reverse("intake:propose", args=[community.code]) + "?" + urlencode({"s": report}))
            if report.again:
                messages.info(request, _("This very file was taken in before. Nothing was written."))
            return redirect("intake:detail", code=community.code, batch=report.batch)
    before = _uuid(request.GET.get("before"))
    rows = queries.batches(viewer=viewer, community=community.id, limit=BATCHES + 1, before=before)
    context = {
        "form": form if mappings or proposing.offered(viewer) else None,
        "fault": fault,
        "rows": [_listed(row) for row in rows[:BATCHES]],
        "older": rows[BATCHES - 1].id if len(rows) > BATCHES else None,
        "newest": before is None,
        "mappings": queries.mappings(viewer=viewer, community=community.id),
    }
    return render(request, "intake/desk/list.html", context, status=422 if fault else 200)


@page("intake.detail", may=Permission.IMPORT_READ)
def detail(request: HttpRequest, viewer: Actor, community: Zone, batch: UUID) -> HttpResponse:
    """One file: the sum, every row, and what can still be done with it."""
    found = queries.batch_detail(viewer=viewer, community=community.id, batch=batch)
    form = ReasonForm(request.POST if request.POST.get("act") == "undo" else None)
    weighed: Undone | None = None
    fault = None
    if request.method == "POST":
        try:
            answer = _act(request, viewer, community, found, form)
        except LinliError as error:
            fault = present.told(error)
            found = queries.batch_detail(viewer=viewer, community=community.id, batch=batch)
        else:
            if isinstance(answer, HttpResponse):
                return answer
            weighed = answer
    context = _detail_context(request, viewer, community, found)
    context |= {"form": form, "weighed": _weighed(request, viewer, community.id, found, weighed), "fault": fault}
    return render(request, "intake/desk/detail.html", context, status=422 if fault or form.errors else 200)


@page("intake.results", may=Permission.IMPORT_READ)
def results(request: HttpRequest, viewer: Actor, community: Zone, batch: UUID) -> HttpResponse:
    """The result of every row as CSV, in UTF-8 with the mark that spreadsheets look for; no cell can become a formula."""
    found = queries.batch_detail(viewer=viewer, community=community.id, batch=batch)
    text = io.StringIO()
    write = csv.writer(text).writerow
    write([_("Row"), _("Result"), _("Column"), _("In the file"), _("Why"), _("What to do")])
    for line in present.lines(found, list(queries.every_result(viewer=viewer, community=community.id, batch=batch))):
        write([line.row, *map(safe_cell, (line.result, line.column, line.shown, line.reason, line.remedy))])
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    ending = _("results")
    name = f"{Path(found.file_name).stem}-{ending}.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@page("intake.receipt", may=Permission.IMPORT_READ)
def receipt(request: HttpRequest, viewer: Actor, community: Zone, batch: UUID) -> HttpResponse:
    """One sheet for whoever delivered the file: what came in, what became of it, which rows they must look at."""
    found = queries.batch_detail(viewer=viewer, community=community.id, batch=batch)
    context = _detail_context(request, viewer, community, found)
    return render(request, "intake/desk/receipt.html", context)


def _act(request: HttpRequest, viewer: Actor, community: Zone, found: BatchRow, form: ReasonForm) -> HttpResponse | Undone | None:
    """Do what a button says. A response leads on; what an undo would do, or nothing, stays on the page."""
    act = request.POST.get("act")
    here = redirect("intake:detail", code=community.code, batch=found.id)
    try:
        if act in ("apply", "approve"):
            do = taking.apply_preview if act == "apply" else taking.approve
            report = do(by=viewer, community=community.id, batch=found.id)
            if report.waits:
                messages.info(request, _("Nothing is written yet: a second person has to approve this file."))
                return here
            written = sum(n for verdict, n in report.verdicts.items() if verdict not in ("same", "review", "refused"))
            messages.success(request, _("Written: %(rows)s rows.") % {"rows": number(written)})
            return here
        if act == "discard":
            taking.discard_preview(by=viewer, community=community.id, batch=found.id)
            messages.info(request, _("The preview was thrown away. Nothing was written."))
            return redirect("intake:list", code=community.code)
        if act == "weigh":
            return taking.rehearse_undo(by=viewer, community=community.id, batch=found.id)
        if act == "undo" and form.is_valid():
            undone = commands.undo(by=viewer, community=community.id, batch=found.id, reason=form.cleaned_data["reason"])
            messages.success(request, _restored(undone.restored))
            return here
    except NotAllowed as error:
        raise PermissionDenied from error
    return None


def _look_at(
    request: HttpRequest, viewer: Actor, community: UUID, upload: UploadedFile, mapping: str | None
) -> taking.BatchReport | str:
    """Preview an upload; the temporary file is ours alone and gone afterwards.

    Where no mapping fits but its headings speak: the id under which its columns are asked about.
    """
    name = Path(upload.name or "").name
    most = min(settings.LINLI_MAX_UPLOAD_BYTES, settings.LINLI_MAX_FILE_BYTES)
    if (upload.size or 0) > most:
        size, limit = -(-(upload.size or 0) // 2**20), most // 2**20
        raise BadInput(TOO_LARGE, where=Where(file=name), remedy=SMALLER, size=size, limit=limit)
    handle, path = tempfile.mkstemp(suffix=Path(name).suffix[:8], dir=Path(settings.DATA) / "cache")
    try:
        with os.fdopen(handle, "wb") as target:
            for piece in upload.chunks():
                target.write(piece)
        return taking.preview(by=viewer, community=community, path=Path(path), mapping=mapping, file_name=name)
    except Unrecognised:
        asked = None if mapping else proposing.hold(request, viewer, community, Path(path), name)
        if asked is None:
            raise
        return asked
    except NotAllowed as error:
        raise PermissionDenied from error
    finally:
        Path(path).unlink(missing_ok=True)


def _detail_context(request: HttpRequest, viewer: Actor, community: Zone, found: BatchRow) -> dict[str, Any]:
    address = present.address_of(community.code, found)
    verdict = present.chosen_verdict(found, request.GET.get("result"))
    total = queries.results_count(viewer=viewer, community=community.id, batch=found.id, verdict=verdict)
    plain = None
    if 0 < total <= _PLAIN_READ:
        plain = queries.plain_rows(viewer=viewer, community=community.id, batch=found.id, verdict=verdict)
    if plain is not None:
        total = 0
    number_of_page = present.page_within(request.GET.get("page"), total)
    rows = queries.results(
        viewer=viewer,
        community=community.id,
        batch=found.id,
        verdict=verdict,
        offset=(number_of_page - 1) * present.PAGE,
        limit=present.PAGE if total else 0,
    )
    lines = present.grouped(present.lines(found, rows))
    mapping = queries.mapping_of(viewer=viewer, community=community.id, batch=found.id)
    people = {account for account in (found.by, found.approved_by, found.undone_by) if account}
    names = account_names(viewer=viewer, accounts=people)
    may_write = _may_apply(viewer, found.kind)
    return {
        "batch": found,
        "address": address,
        "label": present.say(found.label),
        "week": present.week_of(found),
        "state": present.state_name(found.state),
        "parts": present.parts(found, address),
        "further": present.further(found),
        "tabs": present.tabs(found, verdict, address),
        "verdict": verdict.value,
        "lines": lines,
        "remedies": any(line.remedy for line in lines),
        "pager": present.pager(found, verdict, number_of_page, total, address),
        "runs": present.runs(found, verdict, plain or ()),
        "reasons": queries.reasons(viewer=viewer, community=community.id, batch=found.id),
        "mapping": mapping,
        "pairs": present.pairs(mapping),
        "fingerprint": present.fingerprint(found),
        "error": present.fault(found.error) if found.error else None,
        **_left(request, viewer, community.id, found, address),
        "by": names.get(found.by, "Linli") if found.by else "Linli",
        "undone_by": names.get(found.undone_by, "Linli") if found.undone_by else "Linli",
        "may_apply": may_write and found.state is State.PREVIEWED,
        "may_discard": may_write and found.by == viewer.account,
        "waits": found.state is State.AWAITING,
        "may_approve": may_write and may_approve(found.by, viewer.account),
        "awaits": render_words(found.awaits) if found.awaits else "",
        "approved_by": names.get(found.approved_by, "") if found.approved_by else "",
        "may_undo": may_write and viewer.may(Permission.IMPORT_UNDO) and _undoable(found),
    }


def _undoable(found: BatchRow) -> bool:
    left = (found.undo or {}).get("kept")
    return may_become(found.state, State.UNDONE) and (found.state is not State.UNDONE or bool(left))


def _left(request: HttpRequest, viewer: Actor, community: UUID, found: BatchRow, address: str) -> dict[str, Any]:
    """What an undo gave back and what it left, a page of it."""
    undo = found.undo or {}
    total = undo.get("kept", 0)
    at = present.page_within(request.GET.get("left"), total)
    rows = queries.kept_rows(
        viewer=viewer, community=community, batch=found.id, offset=(at - 1) * present.PAGE, limit=present.PAGE if total else 0
    )
    return {
        "left": present.left(rows),
        "left_number": total,
        "left_pager": present.left_pager(address, at, total),
        "went_back": _went_back(undo["rows"], undo["written"]) if "rows" in undo else "",
    }


def _weighed(
    request: HttpRequest, viewer: Actor, community: UUID, found: BatchRow, undone: Undone | None
) -> dict[str, Any] | None:  # fmt: skip
    """What an undo would give back and what it would leave, a page of it: the rehearsal is made anew for each page."""
    if undone is None:
        return None
    total = len(undone.kept)
    at = present.page_within(request.POST.get("left"), total)
    kept = undone.kept[(at - 1) * present.PAGE : at * present.PAGE]
    rows = queries.told_of(viewer=viewer, community=community, batch=found.id, kept=kept)
    back, written = queries.going_back(viewer=viewer, community=community, batch=found.id, kept=undone.kept)
    return {
        "text": _would_go_back(back, written),
        "number": total,
        "left": present.left(rows),
        "first": (at - 1) * present.PAGE + 1,
        "last": min(at * present.PAGE, total),
        "previous": at - 1 if at > 1 else None,
        "next": at + 1 if at * present.PAGE < total else None,
    }


def _would_go_back(rows: int, written: int) -> str:
    text = ngettext(
        "%(rows)s of the %(written)s row that this file wrote would go back to what stood before it.",
        "%(rows)s of the %(written)s rows that this file wrote would go back to what stood before it.",
        written,
    )
    return text % {"rows": number(rows), "written": number(written)}


def _went_back(rows: int, written: int) -> str:
    text = ngettext(
        "%(rows)s of the %(written)s row that it wrote is again what stood before it.",
        "%(rows)s of the %(written)s rows that it wrote are again what stood before it.",
        written,
    )
    return text % {"rows": number(rows), "written": number(written)}


def _restored(records: int) -> str:
    text = ngettext("%(n)s record is again what it was before.", "%(n)s records are again what they were before.", records)
    return text % {"n": number(records)}


def _listed(row: BatchRow) -> dict[str, Any]:
    return {
        "batch": row,
        "label": present.say(row.label),
        "state": present.state_name(row.state),
        "tone": _TONES.get(row.state, ""),
        "fault": present.fault(row.error) if row.error else None,
    }


def _may_apply(viewer: Actor, kind: str) -> bool:
    return kind in KINDS and viewer.may(KINDS[kind].permission)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

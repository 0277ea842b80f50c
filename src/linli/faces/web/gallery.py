"""Every component on one page, to look at and to test; only where DEBUG is set."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from linli.faces.web import sample

FACES = ("portal", "field", "print", "menu", "error")


def desk(request: HttpRequest) -> HttpResponse:
    """The desk's components."""
    return render(request, "faces/gallery/desk.html", sample.context())


def other(request: HttpRequest, face: str) -> HttpResponse:
    """The same in another shell."""
    if face not in FACES:
        raise Http404
    if face == "error":
        return render(request, "404.html", status=404)
    template = "faces/menu.html" if face == "menu" else f"faces/gallery/{face}.html"
    return render(request, template, sample.context())

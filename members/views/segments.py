"""Doelgroepen: the list with its shelf, and the builder."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from members.forms import SegmentNameForm
from members.models import Segment
from members.rule_form import RuleForm
from members.rule_forms import rule_form
from members.segments import board, changes, edit, fields, inside, people, ready_made, rules, uses
from members.segments.rules import Rule


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def index(request: LibraryRequest) -> HttpResponse:
    """Every segment with how many people it has now, and the ready-made ones; POST begins a new one."""
    form = SegmentNameForm(request.POST or None)
    if form.is_valid():
        try:
            segment = changes.create(form.cleaned_data["name"], at=clock.now(), by=request.user)
            return redirect(page(request, "segment", segment.pk))
        except changes.NameTaken:
            form.add_error("name", _("Er is al een doelgroep met deze naam. Kies een andere naam."))
    segments = list(Segment.objects.in_use())
    taken = {segment.began_as for segment in segments}
    shelf = [one for one in ready_made.shelf() if one.code not in taken]
    counts = people.counts_of([*(one.rule for one in segments), *(one.rule for one in shelf)], at=clock.now())
    used = uses.all_uses()
    context = {
        "segments": [
            (one, count, [use for use in used if use.segment_id == one.pk])
            for one, count in zip(segments, counts, strict=False)
        ],
        "shelf": list(zip(shelf, counts[len(segments) :], strict=True)),
        "form": form,
    }
    return render(request, "members/segments.html", context, status=422 if form.errors else 200)


@require_POST
@editor_required
def take_over(request: LibraryRequest) -> HttpResponse:
    """A ready-made segment becomes the library's own."""
    found = ready_made.of(request.POST.get("welke", ""))
    if found is None:
        raise Http404
    try:
        segment = changes.create(
            found.name, at=clock.now(), by=request.user, rule=found.rule, began_as=found.code
        )
    except changes.NameTaken:
        messages.error(request, _("Er is al een doelgroep met deze naam. Kies een andere naam."))
        return redirect(page(request, "segments"))
    return redirect(page(request, "segment", segment.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def builder(request: LibraryRequest, segment_id: int) -> HttpResponse:
    """The cards; ?veld=…&in=<path> opens a new question, ?regel=<path> one that is there."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    names, at = rules.Names(), clock.now()
    try:
        form = _form(request, segment, names)
    except (edit.NoSuchPart, fields.UnknownField):
        return redirect(page(request, "segment", segment.pk))
    if form is None and request.method == "POST":
        raise Http404
    if form is not None and form.is_valid() and _kept(request, segment, form):
        return _back(request, segment, _place_of_form(request))
    rule = segment.shown_rule
    drawn = board.of(rule, names=names, at=at)
    context = {
        "segment": segment,
        "root": drawn.root,
        "people_count": drawn.people,
        "form": form,
        "open_path": request.GET.get("regel"),
        "into_path": request.GET.get("in", ""),
        "focus": request.GET.get("bij", "") if form is None else "",
        "place_of_form": _place_of_form(request),
        "shelves": board.shelves(),
        "whole": names.whole(rule),
        "split": board.drawn(people.split(rule, at=at)),
    }
    refused = form is not None and bool(form.errors) and not getattr(request, "htmx", False)
    return render(request, "members/segment.html", context, status=422 if refused else 200)


def _back(request: LibraryRequest, segment: Segment, focus: str) -> HttpResponse:
    """To the builder, with the keyboard where it goes on: the element with this id gets the focus."""
    return redirect(f"{page(request, 'segment', segment.pk)}?{urlencode({'bij': focus})}")


def _place_of_form(request: LibraryRequest) -> str:
    """The id of what opened the form, and of what takes its place when it closes."""
    if "regel" in request.GET:
        return f"regel-{request.GET['regel']}"
    return f"veld-{request.GET.get('in', '')}"


def _form(request: LibraryRequest, segment: Segment, names: rules.Names) -> RuleForm | None:
    leaf: Rule | None = None
    if "regel" in request.GET:
        leaf = edit.at(segment.shown_rule, board.path_of(request.GET["regel"])).rule
        code = str(leaf.get("field", ""))
    elif "veld" in request.GET:
        code = request.GET["veld"]
    else:
        return None
    field = fields.get(code)
    if not field.is_for_segments:
        raise fields.UnknownField(code)
    data = request.POST if request.method == "POST" else None
    return rule_form(field, data, choices=names.choices(code), leaf=leaf)


def _kept(request: LibraryRequest, segment: Segment, form: RuleForm) -> bool:
    """Whether the question could be put in its place; otherwise the form says why not."""

    def changed(rule: Rule) -> Rule:
        if "regel" in request.GET:
            return edit.replaced(rule, board.path_of(request.GET["regel"]), form.leaf)
        return edit.added(rule, board.path_of(request.GET.get("in", "")), form.leaf)

    try:
        changes.change(segment.pk, changed, at=clock.now())
    except (inside.Loop, rules.UnfitRule) as refusal:
        form.add_error(None, str(refusal))
        return False
    except edit.NoSuchPart:
        return True
    return True


@require_POST
@editor_required
def step(request: LibraryRequest, segment_id: int) -> HttpResponse:
    """One change of the draft that needs no form: what, and where."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    what, where = request.POST.get("doe", ""), request.POST.get("waar", "")
    focus = "veld-"
    if what == "ongedaan":
        changes.undo(segment.pk)
    else:
        try:
            path = board.path_of(where)
            changed = changes.change(segment.pk, _step(what, path), at=clock.now())
            focus = board.next_focus(what, path, changed.shown_rule)
        except edit.NoSuchPart:
            pass  # Somebody else was first; the page shows how it is now.
        except (inside.Loop, rules.UnfitRule) as refusal:
            messages.error(request, str(refusal))
    return _back(request, segment, focus)


def _step(what: str, path: edit.Path) -> Callable[[Rule], Rule]:
    if what not in {"groep", "alle", "een"} and not path:
        raise edit.NoSuchPart
    match what:
        case "groep":
            return lambda rule: edit.grouped(rule, path)
        case "weg":
            return lambda rule: edit.removed(rule, path)
        case "hoger" | "lager":
            return lambda rule: edit.moved(rule, path, by=-1 if what == "hoger" else 1)
        case "keer-om":
            return lambda rule: edit.turned(rule, path)
        case "alle" | "een":
            return lambda rule: edit.joined(rule, path, "all" if what == "alle" else "any")
    raise Http404


@require_POST
@editor_required
def save(request: LibraryRequest, segment_id: int) -> HttpResponse:
    """Let the draft decide from now on."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    try:
        changes.save(segment.pk, at=clock.now(), by=request.user)
        messages.success(request, _("De doelgroep is bewaard."))
    except rules.UnfitRule:
        messages.error(request, _("Voeg eerst een regel toe. Zonder regel hoort niemand bij de doelgroep."))
    return redirect(page(request, "segment", segment.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def rename(request: LibraryRequest, segment_id: int) -> HttpResponse:
    """Another name; one that another segment has is refused in the form."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    form = SegmentNameForm(request.POST or None, initial={"name": segment.name})
    if form.is_valid():
        try:
            changes.rename(segment.pk, form.cleaned_data["name"], at=clock.now(), by=request.user)
            messages.success(request, _("De doelgroep heeft een andere naam."))
            return redirect(page(request, "segment", segment.pk))
        except changes.NameTaken:
            form.add_error("name", _("Er is al een doelgroep met deze naam. Kies een andere naam."))
    context = {"segment": segment, "form": form}
    return render(request, "members/segment_rename.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def archive(request: LibraryRequest, segment_id: int) -> HttpResponse:
    """Ask, saying how many people are in it; one that is used stays."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    used = [use for use in uses.all_uses() if use.segment_id == segment.pk]
    if request.method == "POST" and not used:
        changes.archive(segment.pk, at=clock.now(), by=request.user, is_used=False)
        messages.success(request, _("De doelgroep is opgeborgen."))
        return redirect(page(request, "segments"))
    count = people.count(segment.rule, at=clock.now())
    context = {"segment": segment, "uses": used, "people_count": count}
    return render(request, "members/segment_archive.html", context)

"""What can be seen of a segment: whom it reaches, a few of its people and why, its versions, another beside it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.tenancy import audit, clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required, people_required
from members.models import Contact, Segment, SegmentVersion
from members.segments import barriers, board, changes, figures_csv, inside, rules, uses
from members.segments import people as selected
from members.segments import why as reasons


@require_safe
@editor_required
def reach(request: LibraryRequest, segment_id: int) -> HttpResponse:
    """The bridge from everyone meant to everyone who wants mail; comes by itself on the builder."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    names, topic = rules.Names(), request.GET.get("thema", "")
    topics = names.choices("wants_topic")
    if topic and topic not in dict(topics):
        raise Http404
    found = selected.reach(segment.shown_rule, topic=topic, at=clock.now())
    most = found.meant or 1
    steps = [
        (_("Voldoen aan je regels"), found.meant),
        (_("… en laten de gegevens gebruiken"), found.selected),
        (_("… en hebben een e-mailadres"), found.with_address),
        (_("… en willen ‘%(topic)s’") % {"topic": board.only(topics, topic)} if topic else _("… en kozen een thema"),
         found.wanting),
        *((str(one.label), count) for one, count in zip(barriers.all_barriers(), found.left, strict=True)),
    ]  # fmt: skip
    if not found.costs:
        del steps[1]
    context = {
        "segment": segment,
        "reach": found,
        "mailable": steps[-1][1],
        "steps": [(label, count, round(count * 100 / most)) for label, count in steps],
        "costs": [(board.only(names.choices("allows"), cost.data_use), cost.people) for cost in found.costs],
        "topics": topics,
        "topic": topic,
    }
    whole = not getattr(request, "htmx", False)
    return render(request, "members/segment_reach.html" if whole else "members/_segment_reach.html", context)


@require_safe
@editor_required
@people_required
def people(request: LibraryRequest, segment_id: int) -> HttpResponse:
    """Five people of the segment; audited."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    at, said = clock.now(), request.GET.get("beurt", "0")
    turn = int(said) if said.isdecimal() and len(said) < 6 else 0
    found = selected.some(segment.shown_rule, at=at, turn=turn)
    persons = Contact.objects.filter(pk__in=found).prefetch_related("memberships__home_branch")
    audit.record("segment.people_viewed", by=request.user, at=at, number=segment.pk, people=len(found))
    context = {
        "segment": segment,
        "persons": list(persons.order_by("name_by_last", "pk")),
        "next_turn": turn + 1,
    }
    whole = not getattr(request, "htmx", False)
    return render(
        request, "members/segment_people.html" if whole else "members/_segment_people.html", context
    )


@require_safe
@editor_required
@people_required
def why(request: LibraryRequest, segment_id: int, contact_id: int) -> HttpResponse:
    """Why this person is in the segment, or not: each question answered; audited."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    person = get_object_or_404(Contact.objects.standing(), pk=contact_id)
    at = clock.now()
    verdict = reasons.of(segment.shown_rule, person, names=rules.Names(), at=at)
    audit.record(
        "segment.why_viewed",
        by=request.user,
        at=at,
        subject_kind="contact",
        subject_id=person.pk,
        number=segment.pk,
    )
    context = {"segment": segment, "person": person, "verdict": verdict}
    return render(request, "members/segment_why.html", context)


@require_safe
@editor_required
@people_required
def of_contact(request: LibraryRequest, contact_id: int) -> HttpResponse:
    """Which segments this person is in, and which not, each with its reasons; audited."""
    person = get_object_or_404(Contact.objects.people(), pk=contact_id)
    segments, at = list(Segment.objects.in_use().filter(version__gt=0)), clock.now()
    found = selected.which([one.rule for one in segments], contact_id=person.pk, at=at)
    audit.record(
        "contact.segments_viewed", by=request.user, at=at, subject_kind="contact", subject_id=person.pk
    )
    context = {"person": person, "segments": list(zip(segments, found, strict=True))}
    return render(request, "members/contact_segments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def versions(request: LibraryRequest, segment_id: int) -> HttpResponse:
    """Every rule it had, with who and when, and where it is used; POST lets an older one decide again."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    if request.method == "POST":
        said = request.POST.get("versie", "")
        try:
            changes.restore(segment.pk, int(said) if said.isdecimal() else 0, at=clock.now(), by=request.user)
            messages.success(request, _("Versie %(number)s geldt weer.") % {"number": said})
        except SegmentVersion.DoesNotExist:
            raise Http404 from None
        except inside.Loop as refusal:
            messages.error(request, str(refusal))
        return redirect(page(request, "segment", segment.pk))
    names = rules.Names()
    found = segment.versions.select_related("made_by")[:50]
    context = {
        "segment": segment,
        "versions": [(version, names.whole(version.rule)) for version in found],
        "uses": [use for use in uses.all_uses() if use.segment_id == segment.pk],
    }
    return render(request, "members/segment_versions.html", context)


@require_safe
@editor_required
def compare(request: LibraryRequest, segment_id: int) -> HttpResponse:
    """Another segment beside this one: how many are in each, in both, and how old they are."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    others = list(Segment.objects.in_use().exclude(pk=segment.pk))
    said, at = request.GET.get("met", ""), clock.now()
    other = next((one for one in others if str(one.pk) == said), None)
    context: dict[str, object] = {"segment": segment, "others": others, "other": other}
    if other:
        context["overlap"] = selected.overlap(segment.rule, other.rule, at=at)
        context["ages"] = [
            (one, board.drawn(selected.split(one.rule, at=at)).ages) for one in (segment, other)
        ]
    return render(request, "members/segment_compare.html", context)


@require_safe
@editor_required
def figures(request: LibraryRequest, segment_id: int) -> HttpResponse:
    """Counts as CSV: never a person, and no group of fewer than five."""
    segment = get_object_or_404(Segment.objects.in_use(), pk=segment_id)
    text = figures_csv.written(segment.shown_rule, at=clock.now())
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="doelgroep-{segment.pk}.csv"'
    return answer

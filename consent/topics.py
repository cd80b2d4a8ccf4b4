"""The network's topics as one library offers them: its own words where it has them, else the network's."""

from typing import NamedTuple

from consent.models import LibraryTopic, MessageClass, Subject, Topic, Wording


class Offer(NamedTuple):
    """One topic at this library, with the words a person reads there."""

    topic: Topic
    label: str
    description: str
    is_offered: bool
    has_own_words: bool
    # The version of these very words; 0 when nobody saved them yet.
    version: int

    @property
    def is_service(self) -> bool:
        """Mail about the membership itself: everyone gets it, a library cannot leave it out."""
        return self.topic.message_class == MessageClass.SERVICE

    @property
    def text(self) -> str:
        return f"{self.label}\n{self.description}"


def offers() -> list[Offer]:
    """Every topic in the network's order, as this library offers it; three queries."""
    variants = {variant.topic_id: variant for variant in LibraryTopic.objects.all()}
    versions = _versions()
    return [
        _offer(topic, variants.get(topic.pk), versions) for topic in Topic.objects.order_by("position", "pk")
    ]


def offer(topic: Topic) -> Offer:
    return _offer(topic, LibraryTopic.objects.filter(topic=topic).first(), _versions(topic.code))


def _offer(topic: Topic, variant: LibraryTopic | None, versions: dict[tuple[str, str], int]) -> Offer:
    found = Offer(
        topic,
        (variant and variant.label) or topic.label_nl,
        (variant and variant.description) or topic.description_nl,
        variant.is_offered if variant else True,
        bool(variant and (variant.label or variant.description)),
        version=0,
    )
    return found._replace(version=versions.get((topic.code, found.text), 0))


def _versions(code: str | None = None) -> dict[tuple[str, str], int]:
    """The version of each text by topic and words; files bring in texts of their own, so the words decide."""
    wordings = Wording.objects.filter(subject=Subject.TOPIC).order_by("code", "version", "pk")
    if code:
        wordings = wordings.filter(code=code)
    return {(code, text): version for code, text, version in wordings.values_list("code", "text", "version")}

"""The network's topics as one library offers them: its own words where it has them, else the network's."""

from typing import NamedTuple

from consent.models import DataUse, LibraryTopic, MessageClass, Subject, Topic, Wording


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


class Use(NamedTuple):
    """What a person's data may be used for, in the words they read."""

    code: str
    label: str
    description: str

    @property
    def text(self) -> str:
        return f"{self.label}\n{self.description}"


def offers(*, language: str) -> list[Offer]:
    """Every topic in the network's order, as this library offers it; three queries.

    The network's words are Dutch unless the language is English; a library's own words are what they are.
    """
    variants = {variant.topic_id: variant for variant in LibraryTopic.objects.all()}
    versions = _versions()
    found = []
    for topic in Topic.objects.order_by("position", "pk"):
        variant = variants.get(topic.pk)
        dutch = _offer(topic, variant, versions)
        found.append(_in_english(dutch, variant) if language.startswith("en") else dutch)
    return found


def names(*, language: str) -> list[tuple[str, str]]:
    """Code and name of each topic that a person can choose here; two queries, without the versions."""
    variants = {variant.topic_id: variant for variant in LibraryTopic.objects.all()}
    found = []
    for topic in Topic.objects.filter(message_class=MessageClass.MARKETING).order_by("position", "pk"):
        variant = variants.get(topic.pk)
        offer = _offer(topic, variant, {})
        if offer.is_offered:
            shown = _in_english(offer, variant) if language.startswith("en") else offer
            found.append((topic.code, shown.label))
    return found


def data_uses(*, language: str) -> list[Use]:
    """In the network's order; Dutch unless the language is English."""
    words = ("label_en", "description_en") if language.startswith("en") else ("label_nl", "description_nl")
    return [Use(*row) for row in DataUse.objects.order_by("position", "pk").values_list("code", *words)]


def offer(topic: Topic) -> Offer:
    """In Dutch whatever the page speaks: these words are changed, kept and read at home."""
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


def _in_english(offer: Offer, variant: LibraryTopic | None) -> Offer:
    """The network's English words where the library has none of its own; the version stays."""
    return offer._replace(
        label=(variant and variant.label) or offer.topic.label_en,
        description=(variant and variant.description) or offer.topic.description_en,
    )


def _versions(code: str | None = None) -> dict[tuple[str, str], int]:
    """The version of each text by topic and words; files bring in texts of their own, so the words decide."""
    wordings = Wording.objects.filter(subject=Subject.TOPIC).order_by("code", "version", "pk")
    if code:
        wordings = wordings.filter(code=code)
    return {(code, text): version for code, text, version in wordings.values_list("code", "text", "version")}


def codes_to_refuse() -> list[str]:
    """The codes of all topics that a no to mail in another system is a no to here: every one but service."""
    return list(Topic.objects.exclude(message_class=MessageClass.SERVICE).values_list("code", flat=True))

"""Writes about what people want: what a library offers, what a person chooses, and what stops all mail."""

from consent.actions.choices import (
    NotOffered,
    TooYoung,
    agree,
    object_to_topics,
    set_data_use,
    set_topic,
)
from consent.actions.offers import AlwaysOffered, change_topic
from consent.actions.preferences import pause, set_interest, set_language, set_pace
from consent.actions.stops import object_to_all, take_back_complaint, take_back_objection

__all__ = [
    "AlwaysOffered",
    "NotOffered",
    "TooYoung",
    "agree",
    "change_topic",
    "object_to_all",
    "object_to_topics",
    "pause",
    "set_data_use",
    "set_interest",
    "set_language",
    "set_pace",
    "set_topic",
    "take_back_complaint",
    "take_back_objection",
]

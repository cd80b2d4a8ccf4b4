"""Addresses of content, newsletters and messages within a library."""

from campaigns.models import Campaign, Message
from tests.isolation.pages.subject import Subject

CAMPAIGNS = Subject(
    numbers={"campaign_id": Campaign, "message_id": Message},
    same_for_all={"service": "ebooks", "account": "network"},
)

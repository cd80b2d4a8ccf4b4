"""What this app keeps about a contact, for `references`."""

from members.matching import references
from members.matching.references import Reference


def register() -> None:
    references.register(
        # Two memberships of one person: the one that stays keeps its own, the other's rests with its number.
        Reference(table="members_membership", unique_with=(), on_collision="leave"),
        Reference(table="members_householdmember", unique_with=("household_id",)),
        Reference(table="members_activity"),
        Reference(table="members_interest", unique_with=("code",), among="{alias}.until IS NULL"),
        Reference(table="members_customvalue", unique_with=("field_id",)),
        Reference(
            table="members_listmember", unique_with=("contact_list_id",), among="{alias}.until IS NULL"
        ),
        Reference(table="members_contactrelation", unique_with=("relation",), among="{alias}.until IS NULL"),
        # The next night tells how close the one that stays came; two histories do not make one.
        Reference(table="members_funnelstage", unique_with=(), among="{alias}.until IS NULL"),
        Reference(table="members_externalsegment", unique_with=("scheme",)),
        Reference(table="members_segmentstay", unique_with=("segment_id",), among="{alias}.left_at IS NULL"),
        # Who was joined to the other before, follows.
        Reference(table="members_contact", column="merged_into_id"),
        # Sums are folded again, news is noted again, what was decided of two people stands with these two.
        Reference(table="members_activitysummary", is_special=True),
        Reference(table="members_activitybaseline", is_special=True),
        Reference(table="members_contactchange", is_special=True),
        Reference(table="members_identitychange", column="kept_id", is_special=True),
        Reference(table="members_identitychange", column="other_id", is_special=True),
        Reference(table="members_notsameperson", column="first_id", is_special=True),
        Reference(table="members_notsameperson", column="second_id", is_special=True),
    )

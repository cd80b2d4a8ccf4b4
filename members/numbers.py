"""The numbers in a file as the numbers we know people by: a card for a member, who was joined for who stayed."""

from bibmail.tenancy import staging

# A lender's card stands for its holder (rule 2 of identity resolution); a card that two people have says nothing.
_BY_CARD = """
    WITH holders AS (
        SELECT m.card_number, min(c.external_id) AS number
          FROM members_membership AS m
          JOIN members_contact    AS c ON c.id = m.contact_id AND c.kind <> 'merged'
         WHERE m.card_number IN (SELECT member FROM accepted WHERE member <> '')
         GROUP BY m.card_number
        HAVING count(*) = 1
    )
    UPDATE staging AS s
       SET member = h.number
      FROM holders AS h
     WHERE s.refusal IS NULL AND s.member = h.card_number AND h.number IS NOT NULL
       AND NOT EXISTS (SELECT FROM members_contact AS c WHERE c.external_id = s.member)
"""

_BY_JOINING = """
    UPDATE staging AS s
       SET member = k.external_id
      FROM members_contact AS gone
      JOIN members_contact AS k ON k.id = gone.merged_into_id
     WHERE s.refusal IS NULL AND s.member <> '' AND gone.external_id = s.member AND gone.kind = 'merged'
"""

_ONE_NUMBER = """
    UPDATE staging AS s
       SET external_id = k.external_id
      FROM members_contact AS gone
      JOIN members_contact AS k ON k.id = gone.merged_into_id
     WHERE s.refusal IS NULL AND gone.external_id = s.external_id AND gone.kind = 'merged'
"""

_JOINED = """
    EXISTS (SELECT FROM members_contact AS gone
              JOIN members_contact AS k ON k.id = gone.merged_into_id
             WHERE gone.external_id = s.external_id AND gone.kind = 'merged' AND position(':' in k.external_id) = 0)
"""

# The parent whom only the profile named turned out to be a member.
_PROFILE_TAKEN = """
    s.member = '' AND EXISTS (
        SELECT FROM members_contact AS gone
          JOIN members_contact AS k ON k.id = gone.merged_into_id
          JOIN accepted AS own ON own.profile_id = s.profile_id AND own.member = k.external_id
         WHERE gone.external_id = 'profile:' || s.profile_id AND gone.kind = 'merged')
"""
_BY_PROFILE = """
    UPDATE staging AS s
       SET member = k.external_id
      FROM members_contact AS gone
      JOIN members_contact AS k ON k.id = gone.merged_into_id
     WHERE s.refusal IS NULL AND s.member = ''
       AND gone.external_id = 'profile:' || s.profile_id AND gone.kind = 'merged'
"""


def resolve() -> None:
    """Turn the staged column `member` into numbers we know; what cannot be turned stays as it is."""
    staging.execute(_BY_JOINING)
    staging.execute(_BY_CARD)


def resolve_own() -> None:
    """For the file of members: who was joined to another member here comes in no more under the old number."""
    staging.refuse("merged_person", header="externalId", value="s.external_id", where=_JOINED)
    staging.execute(_ONE_NUMBER)


def resolve_profiles() -> None:
    """For the file of profiles: a parent known by the profile alone who turned out to be a member."""
    staging.refuse("merged_person", header="profileId", value="s.profile_id", where=_PROFILE_TAKEN)
    staging.execute(_BY_PROFILE)

"""The rule language (doelgroepen): what a rule may say, the SQL it becomes, and the sentence it is read as.

fields   what can be asked of a person; higher apps add theirs (decision D10)
rules    a rule as SQL over the aliases below, and as a Dutch sentence
people   whom a rule selects

A rule is a tree: {"all": […]}, {"any": […]}, {"not": rule}, or a leaf {"field", "op", "value"}.
An empty rule selects nobody.
"""

# The aliases every field may use: the person, the membership and what they did, added up.
PERSON = """
    members_contact AS c
    LEFT JOIN members_membership      AS m ON m.contact_id = c.id
    LEFT JOIN members_activitysummary AS s ON s.contact_id = c.id
"""

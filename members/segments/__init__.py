"""The rule language (doelgroepen): what a rule may say, the SQL it becomes, and the sentence it is read as.

fields    what can be asked of a person; higher apps add theirs (decision D10)
standard  what can be asked of the columns of person and membership; doings, home: of what they did, of their children
ways      how fields ask, as SQL; words: how they read
belonging what can be asked of lists, relations and codes; own_fields: of the library's own fields
inside    a rule that names another segment
rules     a rule as SQL over the aliases below, and as a Dutch sentence
people    whom a rule selects

A rule is a tree: {"all": […]}, {"any": […]}, {"not": rule}, or a leaf {"field", "op", "value"}.
An empty rule selects nobody.
"""

# The aliases every field may use: the person, the membership and what they did, added up.
PERSON = """
    members_contact AS c
    LEFT JOIN members_membership      AS m ON m.contact_id = c.id
    LEFT JOIN members_activitysummary AS s ON s.contact_id = c.id
"""


def register_fields() -> None:
    """Called from AppConfig.ready(): every field of this app."""
    from members.segments import doings, home, inside, standard

    standard.register_fields()
    doings.register_fields()
    home.register_fields()
    inside.register_fields()

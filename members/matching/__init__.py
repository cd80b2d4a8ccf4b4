"""Who is the same person as whom (domain: identity resolution), and what follows from it.

rules       two people side by side: the same, perhaps, the same address only, or two; pure
pairs       the pairs of a library that the rules have something to say about
references  which rows hang on a contact, so that joining forgets none
joining     join two people, take one apart, and undo either
"""

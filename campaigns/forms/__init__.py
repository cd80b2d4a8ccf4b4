"""What a colleague fills in for a newsletter.

inputs   text with [Voornaam] in it, numbers
head     name, subject, preview text and topic
blocks   one form for each kind of block
rules    one form for each kind of question about people
sending  when, and for how many
"""

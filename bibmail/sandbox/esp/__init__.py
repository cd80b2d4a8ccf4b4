"""A make-believe mail provider over real HTTP, as strict as Brevo's documents (docs/sandbox.md).

wire          what may stand in a call, and the refusals
ledger        every accepted mail and what became of it; nothing in it can be changed
book          the ledger for who only reads it
records       its rows
rates         how often what happens; settable
outcomes      what will happen to one mail: decided once, the same for the same mail
schedule      what is still to be done, by domain time
webhooks      posting to the application
domain_clock  the application's clock, without asking the database a thousand times a second
faults        answers that a provider gives on a bad day
server        the door: API, switches and inbox
reports       what the API tells of accepted mails
pages, words  the inbox, and what became of a mail in words
provider      all of it together
"""

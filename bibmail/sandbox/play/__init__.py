"""Two months in a few minutes: the real engine, workers, ESP and webhooks, with the domain clock moved on (D11).

lapse      the clock: moves, waits until nothing is under way, moves on
mornings   the files of a day, through the real import
colleague  somebody who clicks through the pages: house style, texts, journeys on
watchdog   kills a sending worker at the worst moment, and starts another
stage      all of it, day by day, with a progress bar
audit      the ledger of the ESP beside ours
report     what came of it, per library and journey
"""

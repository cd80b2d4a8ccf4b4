"""The whole of Bibmail on one machine with make-believe people: `make demo`.

folder       where it keeps data and secrets
address      host and port, asked for before the long work
environment  what its processes get to see of the outside world
databases    the roles and the database, embedded or your own
processes    web, workers and beat, which live and die together
staff        who can log in
show         all of it, in order: services, set-up, and then, in a process that sees the database,
crew         who runs there and how each is started
serve        the play (bibmail.sandbox.play) on the first run, then pages to look at
"""

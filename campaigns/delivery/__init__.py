"""The sending engine: PostgreSQL is the queue, a mail leaves only after a committed `submitting` row.

windows     when a library sends
envelope    one mail as it is given to an ESP, checked against injection
esp         the ESPs: one call, one classified answer
standing    all that the gate must know of messages, in one query
verdict     what the gate makes of it: pass, skip, postpone
gate        consent read at the last moment, caps reserved, `submitting` committed
sender      claim → make → gate → submit → record
reaper      what silence leaves behind: leases that ran out, submissions nobody answered
faults      points where a test or the demo kills a worker
"""

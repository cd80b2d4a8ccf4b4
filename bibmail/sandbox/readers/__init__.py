"""Make-believe readers: what people and machines do with a mail, as real HTTP to the real pages.

loopback  the one way out, which leads to this machine only
links     what can be clicked in a mail
pages     forms as a browser sees them
acts      clicking, unsubscribing, changing preferences, scanning
"""

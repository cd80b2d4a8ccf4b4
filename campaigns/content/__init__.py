"""How a mail comes to be: words and blocks in, one HTML and one text part out.

press      the way in: `Press(at=…).compose(mailing, reader)`
readers    who reads it, in a few queries for a whole batch
stock      what the library has to tell, loaded once
blocks     what a mail can be made of; each block says what of the reader it looks at
fields     {{contact.first_name}} and the others
variants   compiling a text that many people share, once
lint       what keeps a mail from being sent

Two readers who see the same blocks share one compiled text; what is theirs alone stands in its slots.
"""

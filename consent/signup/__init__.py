"""Sign-up forms for people who are no member: asked on a page, confirmed from their own mailbox."""

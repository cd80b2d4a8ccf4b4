"""One message to many, and everything a message is made of."""

"""The fault lab of sending: real workers, a real broker, a real ESP of make-believe, and everything killed.

crew      processes in groups of their own: workers of Celery, a web process, a Valkey
app       what the workers run: the product, with short waits, and on demand broken on purpose
mutations the ways to break it
audit     our ledger beside the ESP's, in one line
stage     libraries, people and mails; rings, waits, and looks
"""

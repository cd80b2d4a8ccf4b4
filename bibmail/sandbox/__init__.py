"""Everything make-believe: a population, a mail provider over real HTTP, and time-lapse."""

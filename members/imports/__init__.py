"""Files in: read in a limited child process, staged, merged set-based, reported row by row."""

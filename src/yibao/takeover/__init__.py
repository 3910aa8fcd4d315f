"""Taking over (期初接管): which files of the system before were taken in, up to where, and what may still come back from it."""

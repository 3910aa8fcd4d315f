"""Enrolment (参保): who is covered, when, and from which day benefits count."""

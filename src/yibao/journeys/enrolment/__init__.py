"""Enrolment (参保): one application, births, schools, transfers, papers."""

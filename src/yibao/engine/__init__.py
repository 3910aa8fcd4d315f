"""Pure compositions across areas: one-stop settlement and enrolment, one person at a time or compiled for many."""

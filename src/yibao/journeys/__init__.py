"""Journeys (办事流程): read, decide, write — one thing a person lives through, in one transaction."""

"""Assistance (医疗救助), section three: direct, top-up, categories, early warning."""

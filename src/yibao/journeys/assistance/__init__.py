"""Assistance (医疗救助): early warning, and assistance on application."""

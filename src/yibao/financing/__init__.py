"""Financing (筹资), section one of the notices: subsidies, contributions, aid with them, catastrophic funding."""

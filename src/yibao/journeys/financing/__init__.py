"""Financing (筹资): bills and payments, cash, the tax bureau, aid, subsidies, catastrophic funding."""

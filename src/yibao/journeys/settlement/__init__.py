"""Settlement (待遇结算): settle, reverse, replay, and everything that a settlement asks about or leads to."""

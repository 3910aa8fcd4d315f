"""The fund (基金), section seven: statement, reserve, shares of standing."""

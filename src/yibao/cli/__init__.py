"""The command yibao; works with no database."""

"""The books (账簿): pure double entry in whole fen."""

"""Yibao (医保): residents' basic medical insurance, from the text of a notice to the money a hospital receives."""

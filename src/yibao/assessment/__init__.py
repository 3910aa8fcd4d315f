"""Assessment (绩效考核), section ten: the notices' targets measured."""

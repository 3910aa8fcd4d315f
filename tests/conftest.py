"""How property tests search: `quick` the same examples in every run, `fuzz` many and new ones (`make fuzz`)."""

from hypothesis import settings

settings.register_profile("quick", derandomize=True, deadline=None, max_examples=200)
settings.register_profile("fuzz", deadline=None, max_examples=20_000)
settings.load_profile("quick")

"""People who act in tests: officers of a city and of its counties, none of them real."""

from yibao.rights.actors import Actor, Granted
from yibao.rights.terms import Role

CITY = "990100"
COUNTY = "990105"
OTHER_COUNTY = "990106"


def actor(role: Role, area_code: str = CITY, name: str = "") -> Actor:
    return Actor(name or f"{role}-{area_code}", (Granted(role, area_code),), "test")


CITY_OFFICER = actor(Role.CITY_OFFICER)
COUNTY_OFFICER = actor(Role.COUNTY_OFFICER, COUNTY)

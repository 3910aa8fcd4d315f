"""What each role may do (角色权限表): data, denied unless it stands here.

Who proposes a movement of money or a change of policy never approves it: no role has both, and `approvals` refuses the
maker as checker whatever roles a person holds.
"""

from yibao.rights.terms import Deed, Matter, Role

_E, _C, _S, _L, _H, _F, _P, _A, _O = Matter

MAY: dict[Role, frozenset[tuple[Matter, Deed]]] = {
    Role.RESIDENT: frozenset(),
    Role.VILLAGE_HELPER: frozenset({(_E, Deed.LOOK), (_C, Deed.LOOK)}),
    Role.TOWNSHIP_ACCEPTOR: frozenset(
        {(_E, Deed.LOOK), (_E, Deed.DO), (_C, Deed.LOOK), (_H, Deed.LOOK), (_H, Deed.DO)}
    ),
    Role.COUNTY_OFFICER: frozenset(
        {
            (_E, Deed.LOOK),
            (_E, Deed.DO),
            (_C, Deed.LOOK),
            (_S, Deed.LOOK),
            (_S, Deed.DO),
            (_L, Deed.DO),
            (_H, Deed.LOOK),
            (_H, Deed.DO),
        }
    ),
    Role.CITY_OFFICER: frozenset(
        {
            (_E, Deed.LOOK),
            (_E, Deed.DO),
            (_C, Deed.LOOK),
            (_S, Deed.LOOK),
            (_S, Deed.DO),
            (_L, Deed.DO),
            (_H, Deed.LOOK),
            (_H, Deed.DO),
        }
    ),
    Role.REVIEWER: frozenset(
        {
            (_E, Deed.LOOK),
            (_C, Deed.LOOK),
            (_C, Deed.APPROVE),
            (_P, Deed.LOOK),
            (_P, Deed.APPROVE),
            (_S, Deed.LOOK),
            (_S, Deed.APPROVE),
            (_L, Deed.APPROVE),
            (_H, Deed.LOOK),
            (_H, Deed.APPROVE),
            (_F, Deed.LOOK),
            (_F, Deed.APPROVE),
        }
    ),
    Role.FINANCE_OFFICER: frozenset({(_C, Deed.LOOK), (_F, Deed.LOOK), (_F, Deed.DO)}),
    Role.TAX_OFFICER: frozenset({(_C, Deed.LOOK), (_C, Deed.DO)}),
    Role.INSTITUTION_USER: frozenset({(_S, Deed.DO)}),
    Role.SUPERVISOR: frozenset(
        {
            (_E, Deed.LOOK),
            (_C, Deed.LOOK),
            (_S, Deed.LOOK),
            (_H, Deed.LOOK),
            (_F, Deed.LOOK),
            (_A, Deed.LOOK),
        }
    ),
    Role.POLICY_OFFICER: frozenset({(_P, Deed.LOOK), (_P, Deed.DO), (_F, Deed.LOOK)}),
    Role.ADMINISTRATOR: frozenset({(_O, Deed.LOOK), (_O, Deed.DO), (_A, Deed.LOOK)}),
}
"""Matters and deeds of each role; area and fund come from the grant."""

"""The interface put together: version, token, routers; its OpenAPI page is drawn from the installed package."""

from ninja import NinjaAPI

from yibao.web.api import contributions, lists, money, people, settlements
from yibao.web.api.answers import listens
from yibao.web.api.asking import BodyParser, Token

api = NinjaAPI(
    title="医保经办接口 Yibao agency API",
    version="1",
    description="参保、缴费、结算、账簿。金额一律为分。同一 Idempotency-Key 和内容只办理一次。(amounts in fen; done once under a key)",
    auth=Token(),
    parser=BodyParser(),
    urls_namespace="api-1",
)
api.add_router("/people", people.router)
api.add_router("", contributions.router)
api.add_router("", lists.router)
api.add_router("", settlements.router)
api.add_router("", money.router)
listens(api)

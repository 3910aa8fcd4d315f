"""How the console looks and what its menu holds (经办台菜单)."""

UNFOLD = {
    "SITE_TITLE": "医保经办",
    "SITE_HEADER": "医保经办",
    "SITE_SUBHEADER": "城乡居民基本医疗保险",
    "SITE_SYMBOL": "health_and_safety",
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "4px",
    "COLORS": {
        "primary": {
            "50": "oklch(97% .013 237)",
            "100": "oklch(94% .027 237)",
            "200": "oklch(88% .055 237)",
            "300": "oklch(80% .09 237)",
            "400": "oklch(68% .12 237)",
            "500": "oklch(56% .12 237)",
            "600": "oklch(45% .1 237)",
            "700": "oklch(39% .085 237)",
            "800": "oklch(33% .07 237)",
            "900": "oklch(28% .055 237)",
            "950": "oklch(20% .04 237)",
        },
    },
    "LOGIN": {"form": "yibao.web.sign_in.SignInForm"},
    "SIDEBAR": {"show_search": False, "show_all_applications": False},
}

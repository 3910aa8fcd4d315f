"""Django's settings: what is the same everywhere, and three things that the environment decides.

`YIBAO_DATABASE` names the database, `YIBAO_SECRET_KEY` the key that sign-ins are signed with (one is made for each
process where it is missing, so nobody stays signed in over a restart), `YIBAO_HOSTS` the names it is served under.
"""

import os

from django.core.management.utils import get_random_secret_key

from yibao.web.databases import VARIABLE, database
from yibao.web.logs import LOGGING as LOGGING

SECRET_KEY = os.environ.get("YIBAO_SECRET_KEY") or get_random_secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("YIBAO_HOSTS", "localhost,127.0.0.1").split(",")

DATABASES = {"default": database(os.environ.get(VARIABLE, ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "yibao.rights",
    "yibao.ledger",
    "yibao.enrolment",
    "yibao.payment",
    "yibao.benefits",
    "yibao.financing",
    "yibao.assistance",
    "yibao.public_services",
    "yibao.settlement",
]
AUTH_USER_MODEL = "rights.Officer"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "yibao.web.urls"
WSGI_APPLICATION = "yibao.web.wsgi.application"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

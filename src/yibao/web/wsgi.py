"""What a web server loads."""

import os

from django.core.wsgi import get_wsgi_application

from yibao.web.start import SETTINGS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
application = get_wsgi_application()

"""The web server's entry."""

import os

from django.core.wsgi import get_wsgi_application

from heitu.ground.core.loading import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heitu.site.settings")
application = get_wsgi_application()
settle()

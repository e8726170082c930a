"""What a web server calls."""

import os

from django.core.wsgi import get_wsgi_application

from .connections import begin_to_listen

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
begin_to_listen()

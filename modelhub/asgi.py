import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "modelhub.settings")

django_pages = get_asgi_application()

# The gateway needs Django's models, which are there from now on.
from modelhub.body_limit import BodyLimit  # noqa: E402
from modelhub.gateway.api.application import GatewayApplication  # noqa: E402
from modelhub.gateway.api.front import Front  # noqa: E402
from modelhub.gateway.process import open_parts  # noqa: E402
from modelhub.http_counting import HttpCounting  # noqa: E402

front = Front(GatewayApplication(open_parts), BodyLimit(django_pages))
application = HttpCounting(front)

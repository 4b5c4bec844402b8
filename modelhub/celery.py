import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "modelhub.settings")

app = Celery("modelhub", task_cls="modelhub.origin:OriginTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# In no app of Django's.
app.autodiscover_tasks(["modelhub.gateway.benchmarking", "modelhub.gateway.probing"])

from django.apps import AppConfig


class ModelhubConfig(AppConfig):
    """The frame around the apps; it owns commands and checks, and no table."""

    name = "modelhub"

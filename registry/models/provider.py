from typing import ClassVar

from django.db import models


class Provider(models.Model):
    """A company or programme that serves models, e.g. OpenAI or Ollama."""

    slug = models.CharField(
        max_length=60,
        unique=True,
        help_text="The part before the slash in provider/model-id.",
    )
    name = models.CharField(max_length=120)
    pricing_url = models.URLField(max_length=400, blank=True)
    documentation_url = models.URLField(max_length=400, blank=True)
    source = models.CharField(max_length=60, blank=True)
    read_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

from typing import ClassVar

from django.db import models

from registry.models import Organization


class PlaygroundImage(models.Model):
    """An image of runs, kept once whatever the number of runs that show it."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="playground_images"
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the bytes.")
    name = models.CharField(max_length=120, help_text="As it was uploaded.")
    media_type = models.CharField(max_length=40)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    data = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "digest"], name="playground_image_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.width_px} × {self.height_px}"

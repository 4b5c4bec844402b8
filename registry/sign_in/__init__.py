"""Signing in: what ModelHub asks of django-allauth."""

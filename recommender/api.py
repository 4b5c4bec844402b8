"""Management API of the recommender: compare models and add up workloads."""

from ninja import Router

router = Router(tags=["Recommender"])

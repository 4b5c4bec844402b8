from django.urls import path

from recommender.views import calculator, compare

app_name = "recommender"
urlpatterns = [
    path("compare/", compare.compare, name="compare"),
    path("calculator/", calculator.calculator, name="calculator"),
]

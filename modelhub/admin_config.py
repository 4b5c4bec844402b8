"""Django's admin app with our site. Apart from the site, which needs loaded models."""

from django.contrib.admin.apps import AdminConfig


class ModelHubAdminConfig(AdminConfig):
    default_site = "modelhub.admin_site.ModelHubAdminSite"

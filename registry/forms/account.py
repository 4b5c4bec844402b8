"""What a person says about themselves."""

from django import forms

from registry.models import User


class NameForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = User
        fields = ("first_name", "last_name")

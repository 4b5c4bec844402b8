from django import forms

from registry.models import Role
from registry.models.user import validate_plain_address


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="Email", max_length=254, validators=[validate_plain_address]
    )
    role = forms.ChoiceField(
        label="Role", choices=Role.choices, initial=Role.EDITOR, required=False
    )

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"] or Role.EDITOR)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

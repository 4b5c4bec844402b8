from django import forms

from registry.models import Role


class InviteForm(forms.Form):
    email = forms.EmailField(label="Email", max_length=254)
    first_name = forms.CharField(label="First name", max_length=150, required=False)
    last_name = forms.CharField(label="Last name", max_length=150, required=False)
    role = forms.ChoiceField(
        label="Role", choices=Role.choices, initial=Role.EDITOR, required=False
    )

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"] or Role.EDITOR)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

import base64
import hashlib
import re

from django.conf import settings

from modelhub.plotly_assets import SCRIPT, PlotlyFinder

STYLE_SHEET = re.compile(
    r'=document\.createElement\("style"\);\w+\.id="[0-9a-f]+",'
    r"\w+\.textContent='([^'\\]*)'"
)


def test_the_allowed_style_sheet_is_the_one_of_the_installed_plotly():
    with PlotlyFinder().storage.open(SCRIPT) as file:
        script = file.read().decode()

    (style_sheet,) = STYLE_SHEET.findall(script)

    digest = base64.b64encode(hashlib.sha256(style_sheet.encode()).digest()).decode()
    assert f"'sha256-{digest}'" == settings.PLOTLY_MAP_STYLE_HASH


def test_no_page_allows_inline_styles_or_scripts(editor):
    policy = editor.get("/compare/")["Content-Security-Policy"]

    assert "unsafe" not in policy

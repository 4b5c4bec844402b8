"""A person writes a prompt, changes it, compares, moves the label and takes it back."""

import pytest

pytestmark = pytest.mark.browser


def test_create_version_difference_label_roll_back(site, visit):
    page = visit(site.sign_in_link("writer@example.com", "prompts")).page
    page.goto(f"{site.url}/prompts/")
    page.get_by_role("link", name="Write the first prompt").click()
    page.get_by_label("Name").fill("SUPPORT_REPLY")
    page.get_by_label("Text").press_sequentially("Answer in {{language}}.")

    # The check comes while one writes; the text keeps the cursor.
    page.get_by_role("button", name="Declare language").click()
    page.get_by_label("Description of language").fill("The customer's")
    page.get_by_role("button", name="Create prompt").click()
    page.wait_for_url("**/prompts/SUPPORT_REPLY/")

    page.get_by_role("link", name="New version").click()
    text = page.get_by_label("Text")
    text.press("Control+End")
    text.press_sequentially(" Be brief, {{tone}}.")
    page.get_by_text("tone is not declared").wait_for()
    page.get_by_role("button", name="Declare tone").click()
    page.get_by_label("Is tone required?").select_option("optional")
    page.get_by_label("Default of tone").fill("warm")
    assert (
        page.get_by_label("Description of language").input_value() == "The customer's"
    )
    page.get_by_label("Note").fill("Shorter")
    page.get_by_role("button", name="Save version").click()

    page.get_by_text("v2 is saved. No label has moved.").wait_for()
    difference = page.get_by_role("region", name="Difference of the two versions")
    assert difference.locator("ins").inner_text() == " Be brief, {{tone}}."

    page.get_by_role("textbox", name="language").fill("Portuguese")
    page.get_by_role("button", name="Show the text").click()
    page.get_by_text("Answer in Portuguese. Be brief, warm.").wait_for()

    page.locator("summary", has_text="production").click()
    page.get_by_role("button", name="v2", exact=True).click()
    page.get_by_text("production is on v2 now.").wait_for()
    page.get_by_role("button", name="Roll back production").click()
    page.get_by_text("production is on v1 now.").wait_for()
    assert page.get_by_text("Rolled back by writer@example.com").is_visible()

from django.urls import reverse


def test_a_visitor_is_sent_to_the_sign_in_page(client, db):
    response = client.get("/models/")

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('sign_in')}?next=/models/"


def test_the_sign_in_page_says_when_email_and_password_do_not_match(client, db):
    response = client.post(
        reverse("sign_in"), {"username": "a@example.com", "password": "x"}
    )

    assert "Email and password do not match." in response.content.decode()


def test_an_editor_sees_the_overview(editor):
    assert editor.get("/").status_code == 200

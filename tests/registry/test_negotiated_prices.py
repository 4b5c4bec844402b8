"""An organisation agrees, replaces and ends its own prices."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from registry.models import AuditEntry, Price
from registry.queries.prices import quote_for
from registry.services.prices import end_negotiated_price, set_negotiated_price
from tests.factories import AIModelFactory, OrganizationFactory, PriceFactory

DAY = datetime.timedelta(days=1)


@pytest.fixture
def ai_model(db):
    model = AIModelFactory(model_name="gpt-5.4")
    PriceFactory(ai_model=model, input_usd="4", output_usd="8")
    return model


@pytest.fixture
def agree(organization, membership, ai_model):
    """Sets a price as the editor; 10 % off unless told otherwise."""

    def agree(**terms) -> Price:
        if "rates" not in terms:
            terms = {"discount_percent": Decimal(10), **terms}
        return set_negotiated_price(
            organization=organization, ai_model=ai_model, actor=membership.user, **terms
        )

    return agree


def input_rate(ai_model, organization, at=None):
    quote = quote_for(ai_model, organization, at or timezone.now())
    return quote.rates.document["standard"]["input_mtok"]


def test_a_discount_is_taken_from_the_catalogue_price(agree, ai_model, organization):
    price = agree()

    quote = quote_for(ai_model, organization, timezone.now())
    assert quote.price == price
    assert Decimal(quote.rates.document["standard"]["input_mtok"]) == Decimal("3.6")
    assert quote.catalogue_price.organization is None


def test_exact_rates_replace_the_catalogue_price(agree, ai_model, organization):
    price = agree(rates={"standard": {"input_mtok": "2", "output_mtok": "5"}})

    assert input_rate(ai_model, organization) == "2"
    assert price.input_usd_per_million == 2
    assert price.output_usd_per_million == 5
    assert price.cache_read_usd_per_million is None


def test_other_organisations_keep_the_catalogue_price(agree, ai_model):
    agree()

    assert input_rate(ai_model, OrganizationFactory()) == "4"


def test_a_new_price_ends_the_one_before_and_the_past_stays(
    agree, ai_model, organization
):
    first = agree()
    agree(discount_percent=Decimal(50), effective_from=timezone.now() + DAY)

    first.refresh_from_db()
    assert first.effective_to is not None
    assert Decimal(input_rate(ai_model, organization)) == Decimal("3.6")
    later = timezone.now() + 2 * DAY
    assert Decimal(input_rate(ai_model, organization, later)) == 2


def test_after_its_end_the_catalogue_price_holds_again(agree, ai_model, organization):
    agree(effective_to=timezone.now() + DAY)

    assert input_rate(ai_model, organization, timezone.now() + 2 * DAY) == "4"


def test_setting_the_same_price_twice_changes_nothing(agree):
    assert agree() == agree()
    tomorrow = timezone.now() + DAY
    planned = {"discount_percent": Decimal(20), "effective_from": tomorrow}
    assert agree(**planned) == agree(**planned)

    assert AuditEntry.objects.filter(action="price.negotiated").count() == 2


def test_a_change_is_audited_with_before_and_after(agree, membership, organization):
    agree()
    agree(discount_percent=Decimal(20), note="Contract 7")

    entry = AuditEntry.objects.first()
    assert entry.actor == membership.user
    assert entry.organization == organization
    assert entry.object_label == "openai/gpt-5.4"
    assert entry.before["discount_percent"] == "10.00"
    assert entry.after["discount_percent"] == "20"
    assert entry.note == "Contract 7"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"discount_percent": Decimal(101)}, "discount_percent"),
        ({"discount_percent": Decimal(-1)}, "discount_percent"),
        ({"discount_percent": Decimal("NaN")}, "discount_percent"),
        ({"discount_percent": Decimal("1.234")}, "discount_percent"),
        ({"rates": {"standard": {"input_mtok": "-1"}}}, "rates"),
        ({"rates": {"standard": {"input_mtok": "1e30"}}}, "rates"),
        ({"rates": {"standard": {}}}, "rates"),
        ({"rates": {"standard": {"input_mtok": ["1"]}}}, "rates"),
        ({"rates": {"standard": {"input_mtok": "1"}, "variants": ["x"]}}, "rates"),
        ({"rates": {"time_of_day": 7}}, "rates"),
        ({"discount_percent": None}, "__all__"),
        (
            {
                "discount_percent": Decimal(1),
                "rates": {"standard": {"input_mtok": "1"}},
            },
            "__all__",
        ),
    ],
)
def test_terms_that_make_no_sense_are_refused_beside_their_field(agree, terms, field):
    with pytest.raises(ValidationError) as refused:
        agree(**terms)

    named = getattr(refused.value, "error_dict", {"__all__": 1})
    assert field in named
    assert not Price.objects.exclude(organization=None).exists()


def test_a_price_cannot_start_in_the_past(agree):
    with pytest.raises(ValidationError, match="cannot start in the past"):
        agree(effective_from=timezone.now() - DAY)


def test_a_price_ends_after_it_starts(agree):
    with pytest.raises(ValidationError, match="must come after the start"):
        agree(
            effective_from=timezone.now() + DAY, effective_to=timezone.now() + DAY / 2
        )


def test_a_period_in_which_another_price_is_planned_is_refused(agree):
    agree(effective_from=timezone.now() + 2 * DAY)

    with pytest.raises(ValidationError, match="already planned"):
        agree(discount_percent=Decimal(5))
    until_then = agree(discount_percent=Decimal(5), effective_to=timezone.now() + DAY)
    assert until_then.pk


def test_another_organisations_model_cannot_be_priced(organization, membership):
    foreign = AIModelFactory(organization=OrganizationFactory())

    with pytest.raises(ValidationError, match="another organisation"):
        set_negotiated_price(
            organization=organization,
            ai_model=foreign,
            actor=membership.user,
            discount_percent=Decimal(1),
        )


def test_an_ended_price_gives_way_to_the_catalogues(agree, ai_model, organization):
    price = agree()

    ended = end_negotiated_price(price=price, actor=None)

    assert ended.effective_to <= timezone.now()
    assert input_rate(ai_model, organization) == "4"
    assert AuditEntry.objects.first().action == "price.ended"
    assert end_negotiated_price(price=price, actor=None) == ended
    assert AuditEntry.objects.filter(action="price.ended").count() == 1


def test_a_price_for_images_alone_ends_like_any_other(ai_model, organization):
    price = PriceFactory(
        ai_model=ai_model, organization=organization, rates={"per_image_usd": "0.04"}
    )

    end_negotiated_price(price=price, actor=None)

    price.refresh_from_db()
    assert price.effective_to is not None


def test_a_planned_price_that_is_taken_back_leaves_the_one_before_in_its_place(agree):
    first = agree()
    planned = agree(discount_percent=Decimal(50), effective_from=timezone.now() + DAY)

    assert end_negotiated_price(price=planned, actor=None) is None

    first.refresh_from_db()
    assert first.effective_to is None
    assert not Price.objects.filter(pk=planned.pk).exists()
    entry = AuditEntry.objects.first()
    assert (entry.action, entry.after) == ("price.taken_back", None)


def test_a_catalogue_price_is_not_ended_here(ai_model):
    with pytest.raises(ValidationError, match="catalogue sync"):
        end_negotiated_price(price=ai_model.prices.get(), actor=None)


def test_a_price_cannot_end_in_the_past(agree):
    with pytest.raises(ValidationError, match="cannot end in the past"):
        end_negotiated_price(price=agree(), actor=None, ends_at=timezone.now() - DAY)


def test_ending_never_makes_a_price_last_longer(agree):
    price = agree(effective_to=timezone.now() + DAY)

    with pytest.raises(ValidationError, match="ends before that already"):
        end_negotiated_price(price=price, actor=None, ends_at=timezone.now() + 2 * DAY)

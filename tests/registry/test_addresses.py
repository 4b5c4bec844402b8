"""Where a connection may go, in every way in which an address can be written."""

import ipaddress

import pytest

from registry.addresses import AddressRefused, check_address, is_local, parsed


def leads_to(*addresses):
    return lambda host: [ipaddress.ip_address(one) for one in addresses]


nowhere = leads_to()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
        ("HTTPS://API.Example.COM.:8443", "https://api.example.com:8443"),
        ("http://2130706433:11434", "http://127.0.0.1:11434"),
        ("http://0x7f.1/", "http://127.0.0.1"),
        ("http://0177.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("  https://a.example \n", "https://a.example"),
    ],
)
def test_an_address_is_kept_in_one_spelling(written, meant):
    assert str(parsed(written)) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "api.openai.com/v1",
        "ftp://a.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:/a.example",
        "http://",
        "http://user:secret@a.example",
        "http://@a.example",
        "https://a.example/v1?key=1",
        "https://a.example/#x",
        "https://a.example/?",
        "http://a.example:0",
        "http://a.example:99999",
        "http://a.example:x",
        "http://a b.example",
        "http://a.example\\@b.example",
        "http://a.example/\r\nHost: b",
        "http://a\x00.example",
        "http://[::1",
        "http://[fe80::1%25eth0]",
        "http://[nonsense]",
        "http://1.2.3.4.5",
        "http://300.1.1.1",
        "http://a..example",
        "http://-a.example",
        "http://%31%36%39.254.169.254",
        "http://" + "a" * 64 + ".example",
        "http://a.example/" + "x" * 400,
    ],
)
def test_what_is_no_base_address_is_refused(written):
    with pytest.raises(AddressRefused):
        check_address(written, nowhere)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.0.1",
        "169.254.169.254.",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.16689662",
        "0xA9.254.0251.254",
        "１６９.２５４.１６９.２５４",
        "169。254。169。254",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[::169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254]",
        "[fd00:0ec2:0:0::254]",
        "100.100.100.200",
        "168.63.129.16",
        "metadata.google.internal",
        "METADATA.google.internal.",
        "metadata",
        "0.0.0.0",
        "0",
        "[::]",
        "224.0.0.1",
        "255.255.255.255",
        "[ff02::1]",
    ],
)
def test_metadata_and_link_local_addresses_are_refused_always(host):
    with pytest.raises(AddressRefused):
        check_address(f"http://{host}/v1", nowhere)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:11434", "[::1]", "10.1.2.3", "192.168.0.2", "100.64.0.1", "[fd12::1]"],
)
def test_loopback_and_private_addresses_follow_the_operator(settings, host):
    check_address(f"http://{host}", nowhere)
    settings.MODELHUB_ALLOW_PRIVATE_ADDRESSES = False

    with pytest.raises(AddressRefused, match="MODELHUB_ALLOW_PRIVATE_ADDRESSES"):
        check_address(f"http://{host}", nowhere)


@pytest.mark.parametrize("found", ["169.254.169.254", "fe80::1", "::ffff:a9fe:a9fe"])
def test_a_public_name_that_leads_into_a_forbidden_range_is_refused(found):
    with pytest.raises(AddressRefused, match=r"nice\.example leads to"):
        check_address("https://nice.example", leads_to("93.184.215.14", found))


def test_a_name_that_leads_inside_follows_the_operator(settings):
    inside = leads_to("10.0.0.5")
    check_address("https://ollama.corp.example", inside)
    settings.MODELHUB_ALLOW_PRIVATE_ADDRESSES = False

    with pytest.raises(AddressRefused, match=r"leads to 10\.0\.0\.5"):
        check_address("https://ollama.corp.example", inside)


def test_public_addresses_are_always_allowed(settings):
    settings.MODELHUB_ALLOW_PRIVATE_ADDRESSES = False

    check_address("https://93.184.215.14/v1", nowhere)
    check_address("https://api.openai.com/v1", leads_to("162.159.140.245"))


def test_a_name_that_is_not_known_now_is_no_reason_to_refuse():
    check_address("https://later.example", nowhere)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:11434", True),
        ("http://localhost:11434", True),
        ("http://ollama:11434", True),
        ("http://gpu-1.internal", True),
        ("http://192.168.1.9/v1", True),
        ("http://[::ffff:10.0.0.1]", True),
        ("http://[::ffff:8.8.8.8]", False),
        ("http://2130706433", True),
        ("https://api.openai.com/v1", False),
        ("https://8.8.8.8", False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_what_is_local_is_told_without_asking_a_name_server(url, local):
    assert is_local(url) is local

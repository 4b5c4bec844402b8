import pytest

from registry.providers.memory_estimate import GB, CacheShape, estimate_memory

LLAMA_8B = CacheShape(key_value_heads=32 * 8, key_length=128, value_length=128)


def test_weights_cache_and_overhead_add_up():
    estimate = estimate_memory(size_bytes=5 * GB, shape=LLAMA_8B)

    assert estimate.context_tokens == 8192
    assert estimate.cache_bytes == 32 * 8 * 256 * 2 * 8192
    assert estimate.overhead_bytes == GB
    assert estimate.gb == 7.1


def test_without_a_size_the_parameters_and_their_bits_tell_the_weights():
    estimate = estimate_memory(parameter_count=8 * 10**9, bits=16, shape=LLAMA_8B)

    assert estimate.weight_bytes == 16 * GB


def test_a_smaller_window_needs_a_smaller_cache():
    small = estimate_memory(size_bytes=GB, shape=LLAMA_8B, context_window=2048)

    assert small.context_tokens == 2048
    assert small.cache_bytes == LLAMA_8B.bytes_at(2048)


def test_without_a_shape_the_cache_is_a_share_of_the_weights():
    assert estimate_memory(size_bytes=40 * GB).cache_bytes == 8 * GB


@pytest.mark.parametrize("known", [{}, {"parameter_count": 10**9}, {"bits": 4}])
def test_nothing_known_is_no_estimate(known):
    assert estimate_memory(**known) is None

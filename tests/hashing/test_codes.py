import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.hashing import codes

BYTES = st.sampled_from([1, 2, 3, 4, 8, 12, 16, 32, 128])


def test_bit_k_lies_in_byte_k_div_8_at_value_1_shl_k_mod_8() -> None:
    logits = -np.ones((1, 16), np.float32)
    logits[0, [0, 3, 9]] = 1
    assert codes.pack(logits).tolist() == [[0b00001001, 0b00000010]]


def test_zero_is_no_set_bit() -> None:
    assert codes.pack(np.zeros((2, 8), np.float32)).tolist() == [[0], [0]]


@given(st.data())
def test_unpacking_gives_back_the_signs(data: st.DataObject) -> None:
    n_bytes = data.draw(BYTES)
    logits = data.draw(arrays(np.float32, (5, n_bytes * 8), elements=st.floats(-2, 2, width=32)))
    assert (codes.unpack(codes.pack(logits)) == (logits > 0)).all()


@given(st.data())
def test_distance_is_the_number_of_differing_bits(data: st.DataObject) -> None:
    n_bytes = data.draw(BYTES)
    found = data.draw(arrays(np.uint8, (6, n_bytes)))
    slow = [
        sum(bin(a ^ b).count("1") for a, b in zip(found[0].tolist(), row.tolist(), strict=True))
        for row in found
    ]
    distances = codes.distances(found[0], found)
    assert distances.tolist() == slow
    assert distances.dtype == np.int32


@pytest.mark.parametrize("bits", [0, -8, 7, 12])
def test_lengths_that_fill_no_bytes_are_refused(bits: int) -> None:
    with pytest.raises(ValueError, match="multiple of 8"):
        codes.check_bits(bits)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        codes.pack(np.full((1, 8), np.nan, np.float32))


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        codes.distances(np.zeros(4, np.uint8), np.zeros((3, 8), np.uint8))

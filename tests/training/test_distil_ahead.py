"""Batches made one ahead are those that would be made without."""

import threading

import pytest
import torch

from engine.training.distil.ahead import Ahead


def drawn(generator: torch.Generator) -> torch.Tensor:
    return torch.rand(3, generator=generator)


def test_the_same_is_taken_in_the_same_order() -> None:
    plain = torch.Generator().manual_seed(1)
    expected = [drawn(plain) for _ in range(5)]
    with Ahead(drawn, torch.Generator().manual_seed(1)) as ahead:
        for wanted in expected:
            assert torch.equal(ahead.take(), wanted)


def test_the_state_knows_nothing_of_what_was_made_ahead() -> None:
    plain = torch.Generator().manual_seed(1)
    with Ahead(drawn, torch.Generator().manual_seed(1)) as ahead:
        assert torch.equal(ahead.state, plain.get_state())
        for _ in range(3):
            ahead.take()
            drawn(plain)
            assert torch.equal(ahead.state, plain.get_state())


def test_it_is_made_in_another_thread_and_what_goes_wrong_there_is_raised_here() -> None:
    def failing(generator: torch.Generator) -> torch.Tensor:
        del generator
        raise ValueError(threading.current_thread().name)

    with Ahead(failing, torch.Generator()) as ahead, pytest.raises(ValueError) as told:
        ahead.take()
    assert str(told.value) != threading.current_thread().name

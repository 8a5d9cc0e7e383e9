"""Angles of one matter join a larger cluster; what only touches it stays apart."""

from __future__ import annotations

import itertools

from nlp.stories.angles import join_angles
from nlp.stories.linkage import Edge

SMELL, PATIENTS = [0, 1, 2, 3], [4, 5]


def within(*cells: list[int]) -> list[Edge]:
    return [(a, b, 0.9) for cell in cells for a, b in itertools.combinations(cell, 2)]


def between(nodes: list[int], others: list[int], likeness: float) -> list[Edge]:
    return [(a, b, likeness) for a, b in itertools.product(nodes, others)]


def test_a_cell_whose_documents_have_three_alike_in_a_larger_one_joins_it() -> None:
    edges = within(SMELL, PATIENTS) + between(PATIENTS, SMELL[:3], 0.6)
    assert join_angles([SMELL, PATIENTS], edges, [True] * 6) == [[0, 1, 2, 3, 4, 5]]


def test_one_document_that_is_alike_does_not_carry_its_cell() -> None:
    edges = within(SMELL, PATIENTS) + between(PATIENTS[:1], SMELL[:3], 0.9)
    assert join_angles([SMELL, PATIENTS], edges, [True] * 6) == [SMELL, PATIENTS]


def test_one_alike_document_of_the_larger_cell_is_not_enough() -> None:
    edges = within(SMELL, PATIENTS) + between(PATIENTS, SMELL[:1], 0.9)
    assert join_angles([SMELL, PATIENTS], edges, [True] * 6) == [SMELL, PATIENTS]


def test_what_happened_elsewhere_stays_apart() -> None:
    edges = within(SMELL, PATIENTS) + between(PATIENTS, SMELL[:3], 0.6)
    assert join_angles([SMELL, PATIENTS], edges, [True] * 4 + [False] * 2) == [SMELL, PATIENTS]


def test_an_angle_joins_what_other_angles_made_large() -> None:
    plant = [6]
    edges = within(SMELL, PATIENTS) + between(PATIENTS, SMELL[:3], 0.6)
    edges += between(plant, [0, 4, 5], 0.55)
    assert join_angles([SMELL, PATIENTS, plant], edges, [True] * 7) == [[0, 1, 2, 3, 4, 5, 6]]
    assert join_angles([SMELL, plant], edges, [True] * 7) == [SMELL, plant]

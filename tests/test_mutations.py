"""Each of the eleven guards that `make mutations` takes out stands where it is looked for."""

import pytest

from tests.mutations import MUTATIONS, ROOT, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.guard)
def test_a_guard_stands_where_its_mutation_looks_for_it(mutation: Mutation) -> None:
    assert (ROOT / mutation.file).read_text().count(mutation.stands) == 1

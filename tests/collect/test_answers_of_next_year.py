"""What AWS adds to its answers is kept, or costs what it tells of; never a crash, never a guess.

Over every collector, with answers drawn from botocore's model.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep.collect.declare import AnyCollector, built, salvaged
from idkeep.model import Gap

from .answers import REGION
from .samples import (
    UNHEARD,
    changed,
    every_collector,
    places,
    sample,
    shape_of,
    with_new_members,
    without,
)

COLLECTORS = every_collector()
WHOLE = [pytest.param(one, id=name) for name, one in COLLECTORS.items()]


@pytest.mark.parametrize("collector", WHOLE)
def test_a_whole_answer_is_understood_and_so_are_new_members(collector: AnyCollector) -> None:
    answer = sample(collector)
    for told in (answer, with_new_members(answer, shape_of(collector))):
        found = built(collector, (told,))
        assert not isinstance(found, Gap), found


@pytest.mark.parametrize("collector", WHOLE)
def test_a_new_word_is_kept_or_a_gap_and_never_another_word(collector: AnyCollector) -> None:
    answer = sample(collector)
    before = built(collector, (answer,))
    for path, shape in places(answer, shape_of(collector)):
        if shape.type_name == "string" and shape.enum:
            found = built(collector, (changed(answer, path, UNHEARD),))
            if isinstance(found, Gap):
                assert UNHEARD in found.error, (path, found)
            else:
                assert found == before or UNHEARD in repr(found), (path, found)


@pytest.mark.parametrize("collector", WHOLE)
def test_what_an_answer_lacks_is_a_gap_or_no_matter(collector: AnyCollector) -> None:
    answer = sample(collector)
    for path, _ in places(answer, shape_of(collector)):
        for odd in (without(answer, path), changed(answer, path, None)):
            found = built(collector, (odd,), region=REGION)
            if isinstance(found, Gap):
                assert (found.action, found.region) == (collector.action, REGION)
                assert found.error.startswith("the answer "), found


@given(st.data())
def test_an_answer_with_many_things_amiss_is_no_crash(data: st.DataObject) -> None:
    collector = data.draw(st.sampled_from(list(COLLECTORS.values())))
    answer = sample(collector)
    paths = [path for path, _ in places(answer, shape_of(collector))]
    odd: Any = st.sampled_from([None, [], {}, UNHEARD, 0, True, [None], {UNHEARD: UNHEARD}])
    for path in sorted(data.draw(st.sets(st.sampled_from(paths), max_size=6)), key=len)[::-1]:
        answer = changed(answer, path, data.draw(odd))
    built(collector, (answer,))


def test_an_odd_item_of_a_list_costs_itself() -> None:
    collector = COLLECTORS["bedrock-agentcore-control:ListGateways"]
    [good] = sample(collector)["items"]
    pages = ({"items": [good, {"name": "odd"}, good]}, {"items": [good]})
    found, gaps = salvaged(collector, pages, region=REGION)
    assert len(found) == 3
    assert gaps == (Gap(collector.action, "the answer lacks gatewayId", region=REGION),)
    assert salvaged(collector, ({},)) == ((), (Gap(collector.action, "the answer lacks items"),))

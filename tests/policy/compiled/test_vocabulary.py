"""Sets of actions and of statements against the reference's own tests, one by one."""

from hypothesis import given
from hypothesis import strategies as st

from idkeep.policy import Action, NotAction, Resource, Version, matches_action, matches_resource
from idkeep.policy.compiled.lanes import chosen, members, set_of
from idkeep.policy.compiled.rules import marks_of
from idkeep.policy.compiled.vocabulary import Vocabulary
from idkeep.policy.compiled.words import ActionWords
from idkeep.policy.context import Context

NAMES = (
    "s3:GetObject", "s3:GetObjectAcl", "s3:PutObject", "s3-outposts:GetObject", "iam:GetUser",
    "iam:CreateUser", "ec2:RunInstances", "sts:AssumeRole",
)  # fmt: skip
pieces = st.sampled_from(("s3", "S3", ":", "*", "?", "Get", "object", "Acl", "iam:", "-", "User"))
patterns = st.one_of(
    st.lists(pieces, max_size=5).map("".join), st.sampled_from((*NAMES, "*", "s3:*", "iam:get*"))
)
elements = st.builds(
    lambda kind, some: kind(tuple(some)),
    st.sampled_from((Action, NotAction)),
    st.lists(patterns, max_size=3),
)
VOCABULARY = Vocabulary(NAMES)


@given(elements)
def test_an_element_means_the_actions_that_it_matches(element: Action | NotAction) -> None:
    meant = set(chosen(VOCABULARY.names, VOCABULARY.meant(element)))
    assert meant == {name for name in NAMES if matches_action(element, name)}


@given(st.lists(elements, max_size=6), st.sampled_from((*NAMES, "new:Action", "S3:getobject", "x")))
def test_the_index_finds_the_elements_that_match(
    some: list[Action | NotAction], action: str
) -> None:
    found = ActionWords(some).matching(action.lower())
    assert found == {n for n, one in enumerate(some) if matches_action(one, action)}


arn_pieces = st.sampled_from(
    ("arn:aws:", "s3", ":", "*", "?", "/", "b", "${aws:username}", "${*}", "x", "${a, 'b'}")
)
arns = st.lists(arn_pieces, max_size=7).map("".join)


@given(st.lists(arns, max_size=3), st.text("arn:wsb3/x*", max_size=12), st.sampled_from(Version))
def test_a_resource_that_can_be_covered_has_one_of_the_marks(
    some: list[str], resource: str, version: Version
) -> None:
    element = Resource(tuple(some))
    covered = matches_resource(element, version, resource, Context(unknown="*"))
    if covered is not False:
        assert any(mark.is_in(resource) for mark in marks_of(element, version))


@given(st.sets(st.integers(0, 300)))
def test_a_set_of_lanes_gives_back_its_members(lanes: set[int]) -> None:
    made = set_of(lanes, 301)
    assert list(members(made)) == sorted(lanes) == list(chosen(range(301), made))

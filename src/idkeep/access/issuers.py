"""Whose identities an OIDC trust takes: what strangers' tokens of an issuer could say.

An issuer that many tenants share signs tokens for all of them, and the claims tell them apart. The
trust policy only says which values to try; whether a token gets in is decided by the engine.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from idkeep.access.answer import Answer, Says
from idkeep.access.engine import Engine
from idkeep.access.fitting import STRANGER, beginning, filled, is_wild
from idkeep.access.openings import questioned_keys
from idkeep.access.trust import Admitted, again
from idkeep.model import Role
from idkeep.policy import Effect, Policy, PolicyKind
from idkeep.policy.context import Given

_ONE = "~"
"""What stands for `?` in a value that is tried: no tenant has it in its name."""
_LONG = f"{STRANGER}/{STRANGER}:ref:refs/heads/{STRANGER}"


class Claim(Struct, frozen=True):
    """A claim that tells who a tenant is. `form` has the group `tenant`; `says` is filled with one.

    A number stands for a name, so no tenant's name is in it. `is_free`: tenants choose what it is
    made of, and it may name several or none. `may_lack`: not every token has it.
    """

    name: str
    form: str
    says: str
    is_free: bool = False
    may_lack: bool = False


_LETS_IN = frozenset({Says.YES, Says.DEPENDS})
_NUMBER = "000000001"
_WITH_ID = re.compile(r"@\d+(?=[/:]|$)", re.ASCII)
_WHOLE = r"(?P<tenant>.+)"
# What names an owner in a subject of GitHub: a place by its owner's name, or the owner itself.
_PLACES = "repo|repository|job_workflow_ref|workflow_ref"
_OWNERS = "repository_owner|enterprise|repository_owner_id|repository_id|enterprise_id"
_OWNER = rf"(?:(?:{_PLACES})(?=:[^/:]+/)|{_OWNERS}):(?P<tenant>[^/@:]+)"
_NAMES_NOBODY = re.compile(rf"(?!.*(?:{_PLACES}|{_OWNERS}):)[a-z_]+:.+", re.DOTALL)
_FIRST = r"(?:[^:/]+[:/])?(?P<tenant>[^:/]+)(?:[:/].*)?"

# What STS takes from each issuer's tokens, as far as it tells tenants apart. Sources:
# https://docs.github.com/en/actions/reference/security/oidc,
# https://docs.gitlab.com/ci/secrets/id_token_authentication/,
# https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens,
# https://buildkite.com/docs/pipelines/security/oidc
_CLAIMS: dict[str, tuple[Claim, ...]] = {
    "token.actions.githubusercontent.com": (
        # An owner may have it made of other claims, "environment:production" alone too:
        # https://docs.github.com/en/actions/reference/security/oidc
        Claim("sub", _OWNER, "repo:{0}/{0}:ref:refs/heads/main", is_free=True),
        Claim(
            "job_workflow_ref",
            r"(?P<tenant>[^/]+)/.+",
            "{0}/{0}/.github/workflows/x.yml@refs/heads/main",
            may_lack=True,
        ),
        Claim("repository", r"(?P<tenant>[^/]+)/.+", "{0}/{0}"),
        Claim("repository_owner", _WHOLE, "{0}"),
        Claim("repository_id", _WHOLE, _NUMBER),
        Claim("repository_owner_id", _WHOLE, _NUMBER),
        Claim("enterprise", _WHOLE, "{0}", may_lack=True),
        Claim("enterprise_id", _WHOLE, _NUMBER, may_lack=True),
    ),
    "gitlab.com": (
        Claim(
            "sub",
            r"project_path:(?P<tenant>[^/:]+)/.+",
            "project_path:{0}/{0}:ref_type:branch:ref:main",
        ),
        Claim("namespace_path", r"(?P<tenant>[^/]+)(?:/.*)?", "{0}"),
        Claim("project_path", r"(?P<tenant>[^/]+)/.+", "{0}/{0}"),
        Claim("namespace_id", _WHOLE, _NUMBER),
        Claim("project_id", _WHOLE, _NUMBER),
    ),
    "app.terraform.io": (
        Claim(
            "sub",
            r"organization:(?P<tenant>[^:]+):.+",
            "organization:{0}:project:{0}:workspace:{0}:run_phase:apply",
        ),
    ),
    "agent.buildkite.com": (
        Claim(
            "sub",
            r"organization:(?P<tenant>[^:]+):.+",
            "organization:{0}:pipeline:{0}:ref:refs/heads/main:commit:0:step:x",
        ),
        Claim("organization_slug", _WHOLE, "{0}"),
        Claim("organization_id", _WHOLE, _NUMBER),
    ),
    # An application's id is its tenant:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    "accounts.google.com": (
        Claim("aud", _WHOLE, "{0}"),
        Claim("oaud", _WHOLE, "{0}"),
        Claim("sub", _WHOLE, _NUMBER),
    ),
    "www.amazon.com": (Claim("app_id", _WHOLE, "{0}"), Claim("user_id", _WHOLE, _NUMBER)),
    "graph.facebook.com": (Claim("app_id", _WHOLE, "{0}"), Claim("id", _WHOLE, _NUMBER)),
}
CLAIM_NAMES = frozenset(claim.name for claims in _CLAIMS.values() for claim in claims)
_TITLES = {
    "accounts.google.com": "Google",
    "www.amazon.com": "Login with Amazon",
    "graph.facebook.com": "Facebook",
}
# The same issuer's names in GovCloud and in China.
_ELSEWHERE = dict.fromkeys(
    ("cognito-identity-us-gov.amazonaws.com", "cognito-identity.cn-north-1.amazonaws.com.cn"),
    "cognito-identity.amazonaws.com",
)
# The claims that name what runs by its place; of GitHub also ids that outlive a name.
_IDS = {"token.actions.githubusercontent.com": ("repository_owner_id", "repository_id")}


class Shared(Struct, frozen=True, kw_only=True):
    """An issuer that serves many. `keys`: a trust policy must look at one of them.

    `claims` go by whole condition keys.
    """

    issuer: str
    title: str
    keys: tuple[str, ...]
    claims: Mapping[str, Claim]


class Taken(Struct, frozen=True, kw_only=True):
    """A token that gets in. `pattern` is what the policy says of it, "" where it says nothing."""

    pattern: str
    answer: Answer


def shared_issuer(engine: Engine, issuer: str) -> Shared | None:
    """What is known of an issuer that serves many tenants; None for one's own."""
    folded = issuer.lower()
    named = _CLAIMS.get(folded)
    known = _ELSEWHERE.get(folded, folded)
    for one in engine.catalog.facts.shared_issuers:
        if one.issuer.lower() == known:
            name = one.issuer if known == folded else folded
            keys = tuple(key.replace(one.issuer, name) for key in one.keys)
            claims = {f"{name}:{claim.name}": claim for claim in named or ()}
            for key in keys:
                form = _FIRST if key.endswith(":sub") else _WHOLE
                claims.setdefault(key, Claim(key.rpartition(":")[2], form, "{0}"))
            return Shared(issuer=name, title=one.title, keys=keys, claims=claims)
    if named is None:
        return None
    claims = {f"{folded}:{claim.name}": claim for claim in named}
    keys = tuple(claims)[:1]
    return Shared(issuer=folded, title=_TITLES[folded], keys=keys, claims=claims)


def strangers(engine: Engine, role: Role, one: Admitted, shared: Shared) -> Taken | None:
    """A token of somebody else's tenant that the role takes; None where it takes none.

    Its answer is unknown where it can't be told of any.
    """
    patterns = _patterns(engine, role)
    tells = _audience_key(shared.issuer) in shared.keys
    answers = (
        again(engine, role, one, {**chosen, **keys})
        for chosen in (({},) if tells else _audiences(patterns, one.name))
        for keys in _foreign(patterns, shared)
    )
    return _surest("", answers, lambda answer: answer.says in _LETS_IN)


def subjects(engine: Engine, role: Role, one: Admitted) -> Iterator[Taken]:
    """Subjects that get in without being named in full: one for each pattern, "" for any.

    What another claim narrows is not one of them: `repo:larkfield/shop:*` with a condition on the
    branch is a branch. An answer is unknown where it can't be told.
    """
    key = f"{one.name}:sub"
    patterns = _patterns(engine, role)
    audiences = tuple(_audiences(patterns, one.name))
    asked = dict.fromkeys(patterns.get(key.lower(), ()))
    tried = {"": (STRANGER,), **{pattern: tuple(_filled(pattern)) for pattern in asked}}
    for pattern, values in tried.items():
        answers = (
            again(engine, role, one, {**chosen, key: value})
            for value in values
            for chosen in audiences
        )
        taken = _surest(pattern, answers, lambda answer: _open(answer, one.name))
        if taken is not None:
            yield taken
            if not pattern:
                return


def by_name_alone(engine: Engine, role: Role, one: Admitted) -> Taken | None:
    """A token of somebody who took over a name, with ids of their own, that the role takes."""
    ids = {f"{one.name}:{name}": _NUMBER for name in _IDS.get(one.name.lower(), ())}
    if not ids:
        return None
    patterns = _patterns(engine, role)
    unsure: Taken | None = None
    for pattern, told in _takeovers(patterns, one.name):
        answers = (
            again(engine, role, one, {**chosen, **told, **ids})
            for chosen in _audiences(patterns, one.name)
        )
        taken = _surest(pattern, answers, lambda answer: answer.says in _LETS_IN)
        if taken and not taken.answer.why_unknown:
            return taken
        unsure = unsure or taken
    return unsure


def _takeovers(
    patterns: Mapping[str, tuple[str, ...]], issuer: str
) -> Iterator[tuple[str, dict[str, Given]]]:
    """What whoever took over a name that the policy asks for could say, by what it asks for."""
    for pattern in patterns.get(f"{issuer}:sub".lower(), ()):
        # `repo:larkfield@42/shop@77:…` holds the ids itself.
        if not _WITH_ID.search(pattern):
            yield pattern, {f"{issuer}:sub": next(_filled(pattern), pattern)}
    for claim in ("repository", "repository_owner"):
        for pattern in patterns.get(f"{issuer}:{claim}".lower(), ()):
            value = next(_filled(pattern), pattern)
            owner, _, name = value.partition("/")
            owners: dict[str, Given] = {f"{issuer}:repository_owner": owner}
            for sign in ("", f"@{_NUMBER}"):
                place = f"{owner}{sign}/{name or owner}{sign}"
                subject: dict[str, Given] = {f"{issuer}:sub": f"repo:{place}:ref:refs/heads/main"}
                yield pattern, {**owners, **subject, f"{issuer}:{claim}": value}


def looks_at(engine: Engine, role: Role, keys: Iterable[str]) -> bool:
    """Whether the trust policy has a condition on one of the keys, which IAM asks for."""
    asked = _patterns(engine, role, (Effect.ALLOW,))
    return not asked.keys().isdisjoint(key.lower() for key in keys)


def _surest(
    pattern: str, answers: Iterable[Answer], is_taken: Callable[[Answer], bool]
) -> Taken | None:
    """The first that is taken; else one of which it is not known."""
    unsure: Answer | None = None
    for answer in answers:
        if is_taken(answer):
            return Taken(pattern=pattern, answer=answer)
        unsure = answer if answer.says is Says.UNKNOWN else unsure
    return Taken(pattern=pattern, answer=unsure) if unsure else None


def _audience_key(issuer: str) -> str:
    return f"{issuer}:aud"


def _audiences(patterns: Mapping[str, tuple[str, ...]], issuer: str) -> Iterator[dict[str, Given]]:
    """Each audience that the policy asks for: whoever has a token made names it himself."""
    key = _audience_key(issuer)
    asked = patterns.get(key.lower(), ())
    if not asked:
        yield {}
    for pattern in dict.fromkeys(asked):
        yield {key: next(_filled(pattern), pattern)}


def _open(answer: Answer, issuer: str) -> bool:
    if answer.says is Says.YES:
        return True
    own = f"{issuer}:".lower()
    return answer.says is Says.DEPENDS and not any(
        key.lower().startswith(own) for key in questioned_keys(answer)
    )


def _patterns(
    engine: Engine, role: Role, effects: tuple[Effect, ...] = tuple(Effect)
) -> dict[str, tuple[str, ...]]:
    """The values that the trust policy compares each key with, keys in lower case."""
    read = engine.documents.policy(role.trust, PolicyKind.TRUST)
    found: dict[str, tuple[str, ...]] = {}
    for one in read.statements if isinstance(read, Policy) else ():
        for condition in one.conditions if one.effect in effects else ():
            key = condition.key.lower()
            found[key] = (*found.get(key, ()), *condition.values)
    return found


def _foreign(patterns: Mapping[str, tuple[str, ...]], shared: Shared) -> Iterator[dict[str, Given]]:
    """What tokens of others could say: of nobody in particular, then made to fit the patterns."""
    anybody = _token(shared, STRANGER)
    yield anybody
    lacking = [key for key, claim in shared.claims.items() if claim.may_lack]
    if lacking:
        yield {**anybody, **dict.fromkeys(lacking, ())}
    for key, claim in shared.claims.items():
        for pattern in dict.fromkeys(patterns.get(key.lower(), ())):
            for value in dict.fromkeys((*_filled(pattern), *_made(claim, pattern))):
                tenant = _tenant(claim, value)
                if tenant:
                    yield {**_token(shared, tenant), key: value}


def _token(shared: Shared, tenant: str) -> dict[str, Given]:
    return {key: claim.says.format(tenant) for key, claim in shared.claims.items()}


def _made(claim: Claim, pattern: str) -> Iterator[str]:
    """What a stranger's claim could say that fits the pattern, as far as it begins so."""
    if claim.is_free and _NAMES_NOBODY.fullmatch(pattern):
        yield filled(pattern)
    if not is_wild(pattern):
        return
    says = claim.says.format(STRANGER)
    for found in re.finditer(re.escape(STRANGER), says):
        for fit in beginning(says[: found.end()], pattern):
            yield fit.value


def _tenant(claim: Claim, value: str) -> str:
    """The stranger whose tenant a claim tells; "" where it is of somebody whom the policy names."""
    if claim.is_free:
        told = [found["tenant"] for found in re.finditer(claim.form, value)]
        return "" if not all(map(_is_strange, told)) else (told or [STRANGER])[0]
    found = re.fullmatch(claim.form, value, re.DOTALL)
    return found["tenant"] if found and _is_strange(value[: found.end("tenant")]) else ""


def _is_strange(text: str) -> bool:
    return STRANGER in text or _ONE in text


def _filled(pattern: str) -> Iterator[str]:
    """Values that fit a pattern with wildcards, none for one without."""
    if is_wild(pattern):
        for word in (STRANGER, _LONG):
            yield filled(pattern, word, _ONE)

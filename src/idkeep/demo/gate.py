"""In front of our overlay and moto: who asks, what is written down, which fault strikes.

moto by itself answers anybody, web pages too (CORS `*`), and can be reset by anybody. Nothing
reaches it here but a signed request for a service, from a program and to this very address.
"""

import base64
import hmac
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from idkeep.demo.call import Call, Environ, body_of, call_of
from idkeep.demo.faults import Faults, Where, named_in, rewritten
from idkeep.demo.overlay.answer import answered, operations
from idkeep.demo.overlay.world import World
from idkeep.demo.principals import Principal
from idkeep.demo.refusals import Answer, Refusal, denial, refused, scp_denial, web_page

StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
# moto's dispatcher answers these by their path, whoever signed.
MOTO_S_OWN = ("/moto-api", "/favicon.ico", "/latest/")
# Answered even where a policy denies it:
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
WHO_AM_I = "sts:GetCallerIdentity"
CONTENT = re.compile(rb"(?<=<Content>)[^<]*(?=</Content>)")


class Gate:
    """The WSGI application. Owns the faults' counters and the log of requests."""

    def __init__(self, moto: Application, *, world: World, control: str) -> None:
        self._moto = moto
        self._world = world
        self._control_path = control
        self._lock = threading.Lock()
        self._requests: list[Where] = []
        self._calls = 0
        self._replaced = threading.Event()
        # How often a fault that passes has struck.
        self._struck: Counter[tuple[Refusal, str]] = Counter()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        call = _not_for_us(environ) or self._controlled(environ) or call_of(environ)
        if isinstance(call, Answer):
            return _send(call, start_response)
        principal = self._world.who(call.access_key, call.token)
        where = call.where(principal.account if principal else "")
        with self._lock:
            self._requests.append(where)
            self._calls += 1
            faults, replaced = self._world.faults, self._replaced
            answer = self._fault(call, where, principal)
        replaced.wait(faults.wait(where))
        if answer is None and principal is not None:
            answer = self._answer(environ, call, principal)
            answer = _rewritten(answer, where, faults)
        assert answer is not None
        return _send(answer, start_response)

    def _answer(self, environ: Environ, call: Call, principal: Principal) -> Answer:
        """What the overlay says, or else moto in the account of who asks."""
        try:
            self._world.make(principal.account, call.service, self._moto)
            said = answered(self._world, call, principal, environ)
            if said is not None:
                return said
            # moto's own way to name the account; nobody outside may choose it.
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = principal.account
            return _heard(self._moto, environ)
        except NotImplementedError:
            sentence = f"the demo server does not know {call.action}"
            return self._refuse(call, Refusal.NOT_BUILT, sentence)

    def _fault(self, call: Call, where: Where, principal: Principal | None) -> Answer | None:
        """What AWS or a fault has against the call before anybody reads it."""
        faults = self._world.faults
        is_over = principal is not None and self._world.is_over(principal)
        if is_over or (faults.expire_after is not None and self._calls > faults.expire_after):
            return self._refuse(call, Refusal.EXPIRED)
        if principal is None or self._world.is_closed(principal.account, call.region):
            return self._refuse(call, Refusal.UNKNOWN_KEY)
        for why, passing in (
            (Refusal.THROTTLED, faults.throttle),
            (Refusal.EXPIRED, faults.ended),
        ):
            pattern = named_in(passing, where)
            if pattern is not None and self._struck[why, pattern] < passing[pattern]:
                self._struck[why, pattern] += 1
                return self._refuse(call, why)
        denied = self._denied(call, where, principal)
        is_broken = denied is None and named_in(faults.broken, where)
        return web_page(faults.broken_status) if is_broken else denied

    def _denied(self, call: Call, where: Where, principal: Principal) -> Answer | None:
        faults = self._world.faults
        if named_in(faults.deny_by_scp, where):
            sentence = scp_denial(principal.arn, call.action, "*")
            return self._refuse(call, Refusal.DENIED, sentence)
        if named_in(faults.deny, where) or (
            call.next_page and named_in(faults.deny_next_pages, where)
        ):
            return self._refuse(call, Refusal.DENIED, denial(principal.arn, call.action, "*"))
        if principal.only is not None and call.action not in {*principal.only, WHO_AM_I}:
            sentence = f"User: {principal.arn} is not authorized to perform: {call.action}"
            return self._refuse(call, Refusal.DENIED, sentence)
        return None

    @staticmethod
    def _refuse(call: Call, why: Refusal, sentence: str = "") -> Answer:
        return refused(why, call.protocol, sentence, namespace=call.namespace)

    def _controlled(self, environ: Environ) -> Answer | None:
        """The answer to who knows the control path, which only the parent process was told."""
        start, _, what = environ["PATH_INFO"].rpartition("/")
        # Bytes, since a path may hold anything; in a time that does not tell how much was right.
        if not hmac.compare_digest(start.encode(), self._control_path.encode()):
            return None
        return self._control(environ["REQUEST_METHOD"], what, environ)

    def _control(self, method: str, what: str, environ: Environ) -> Answer:
        match method, what:
            case "GET", "requests":
                with self._lock:
                    return _json(self._requests)
            case "DELETE", "requests":
                with self._lock:
                    self._requests.clear()
                return _json([])
            case "GET", "operations":
                return _json(operations())
            case "POST", "faults":
                try:
                    faults = msgspec.json.decode(body_of(environ), type=Faults)
                except msgspec.DecodeError as error:
                    return Answer(HTTPStatus.BAD_REQUEST, {}, str(error).encode())
                with self._lock:
                    self._world.faults = faults
                    self._replaced.set()
                    self._replaced = threading.Event()
                    self._calls = 0
                    self._struck.clear()
                return _json([])
            case _:
                return Answer(HTTPStatus.NOT_FOUND, {}, b"no such control")


def _heard(moto: Application, environ: Environ) -> Answer:
    """What moto says, without what would let web pages read it."""
    said: dict[str, Any] = {}

    def hear(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
        said.update(status=status, headers=headers)

    body = b"".join(moto(environ, hear))
    kept = {
        name: value
        for name, value in said["headers"]
        if not name.lower().startswith("access-control-") and name.lower() != "content-length"
    }
    return Answer(int(said["status"].split()[0]), kept, body)


def _rewritten(answer: Answer, where: Where, faults: Faults) -> Answer:
    pairs = faults.rewrites(where)

    def text(raw: bytes) -> bytes:
        # Bytes that are not UTF-8 come out as they went in.
        return rewritten(raw.decode("utf-8", "surrogateescape"), pairs).encode(
            "utf-8", "surrogateescape"
        )

    if not pairs:
        return answer
    if where.action == "iam:GetCredentialReport":
        body = CONTENT.sub(
            lambda found: base64.b64encode(text(base64.b64decode(found[0]))), answer.body, count=1
        )
        return answer._replace(body=body)
    return answer._replace(body=text(answer.body))


def _json(value: object) -> Answer:
    return Answer(HTTPStatus.OK, {"Content-Type": "application/json"}, msgspec.json.encode(value))


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    status = HTTPStatus(answer.status)
    headers = [*answer.headers.items(), ("Content-Length", str(len(answer.body)))]
    start_response(f"{status.value} {status.phrase}", headers)
    return [answer.body]


def _not_for_us(environ: Environ) -> Answer | None:
    """The refusal of what a web page sends, or what asks for moto's own pages."""
    names = {f"{name}:{environ['SERVER_PORT']}" for name in ("127.0.0.1", "localhost")}
    if environ["SERVER_PORT"] == "80":
        names |= {"127.0.0.1", "localhost"}
    if environ.get("HTTP_HOST", "").lower() not in names:
        # A foreign name that was made to point here: DNS rebinding.
        return Answer(HTTPStatus.FORBIDDEN, {}, b"not the name of this server")
    if "HTTP_ORIGIN" in environ:
        return Answer(HTTPStatus.FORBIDDEN, {}, b"not for web pages")
    if environ["PATH_INFO"].startswith(MOTO_S_OWN):
        return Answer(HTTPStatus.NOT_FOUND, {}, b"not found")
    return None

"""In front of moto: who asks, what is written down, which fault strikes. Then moto answers."""

import io
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import msgspec
from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model

from idkeep.demo.faults import Faults, named_in
from idkeep.demo.overlay.state import AccountState
from idkeep.demo.principals import Principal
from idkeep.demo.process import CONTROL
from idkeep.demo.refusals import Answer, Refusal, denial, refused, web_page

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
CREDENTIAL = re.compile(r"Credential=(\w+)/\d+/[\w-]+/([\w-]+)/aws4_request")
NEXT_PAGE = ("Marker", "NextToken", "nextToken")


class Call(msgspec.Struct, frozen=True):
    """One request to AWS, as far as the gate must know it."""

    access_key: str
    service: str
    operation: str
    protocol: str
    namespace: str
    next_page: bool

    @property
    def action(self) -> str:
        """As policies write it."""
        return f"{self.service}:{self.operation}"


class Gate:
    """The WSGI application. Owns the faults in force, their counters and the log of requests."""

    def __init__(
        self,
        moto: Callable[[Environ, StartResponse], Iterable[bytes]],
        *,
        state: AccountState,
        principals: Iterable[Principal],
        operations: Callable[[], tuple[str, ...]],
    ) -> None:
        self._moto = moto
        self._state = state
        self._principals = {principal.access_key: principal for principal in principals}
        self._operations = operations
        self._lock = threading.Lock()
        self._requests: list[str] = []
        self._calls = 0
        self._throttled: Counter[str] = Counter()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(CONTROL):
            return _send(self._control(environ), start_response)
        call = _call(environ)
        if call is None:
            return self._moto(environ, start_response)
        with self._lock:
            self._requests.append(call.action)
            self._calls += 1
            answer = self._fault(call)
        if answer is not None:
            return _send(answer, start_response)
        try:
            return self._moto(environ, start_response)
        except NotImplementedError:
            sentence = f"the demo server does not know {call.action}"
            return _send(self._refuse(call, Refusal.NOT_BUILT, sentence), start_response)

    def _fault(self, call: Call) -> Answer | None:
        faults = self._state.faults
        if faults.expire_after is not None and self._calls > faults.expire_after:
            return self._refuse(call, Refusal.EXPIRED)
        if not (call.access_key in self._principals or self._state.knows(call.access_key)):
            return self._refuse(call, Refusal.UNKNOWN_KEY)
        pattern = named_in(faults.throttle, call.action)
        if pattern is not None and self._throttled[pattern] < faults.throttle[pattern]:
            self._throttled[pattern] += 1
            return self._refuse(call, Refusal.THROTTLED)
        if named_in(faults.deny, call.action) or (
            call.next_page and named_in(faults.deny_next_pages, call.action)
        ):
            principal = self._principals.get(call.access_key)
            arn = principal.arn if principal else self._state.arn_of(call.access_key)
            return self._refuse(call, Refusal.DENIED, denial(arn, call.action, "*"))
        if named_in(faults.broken, call.action):
            return web_page(faults.broken_status)
        return None

    @staticmethod
    def _refuse(call: Call, why: Refusal, sentence: str = "") -> Answer:
        return refused(why, call.protocol, sentence, namespace=call.namespace)

    def _control(self, environ: Environ) -> Answer:
        match environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(CONTROL):
            case "GET", "/requests":
                with self._lock:
                    return _json(self._requests)
            case "DELETE", "/requests":
                with self._lock:
                    self._requests.clear()
                return _json([])
            case "GET", "/operations":
                return _json(self._operations())
            case "POST", "/faults":
                try:
                    faults = msgspec.json.decode(_body(environ), type=Faults)
                except msgspec.DecodeError as error:
                    return Answer(HTTPStatus.BAD_REQUEST, {}, str(error).encode())
                with self._lock:
                    self._state.faults = faults
                    self._calls = 0
                    self._throttled.clear()
                return _json([])
            case _:
                return Answer(HTTPStatus.NOT_FOUND, {}, b"no such control")


def _json(value: object) -> Answer:
    return Answer(HTTPStatus.OK, {"Content-Type": "application/json"}, msgspec.json.encode(value))


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    status = HTTPStatus(answer.status)
    headers = [*answer.headers.items(), ("Content-Length", str(len(answer.body)))]
    start_response(f"{status.value} {status.phrase}", headers)
    return [answer.body]


def _body(environ: Environ) -> bytes:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _call(environ: Environ) -> Call | None:
    """The call in a signed request; None for one that no AWS client sends."""
    found = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if found is None:
        return None
    access_key, service = found.groups()
    body = _body(environ)
    try:
        model = get_service_model(service)
    except Exception:  # noqa: BLE001 botocore's own error for a service it does not know
        return None
    protocol = str(model.protocol)
    form = parse_qs(body.decode("utf-8", errors="replace"))
    if "Action" in form:
        operation = form["Action"][0]
    elif "HTTP_X_AMZ_TARGET" in environ:
        operation = environ["HTTP_X_AMZ_TARGET"].rpartition(".")[2]
    else:
        operation = get_service_router(service).match(Request(environ.copy()))[0].name
    return Call(
        access_key=access_key,
        service=service,
        operation=operation,
        protocol=protocol,
        namespace=str(model.metadata.get("xmlNamespace", "")),
        next_page=any(word in form or f'"{word}"'.encode() in body for word in NEXT_PAGE),
    )

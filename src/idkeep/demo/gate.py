"""In front of moto: who asks, what is written down, which fault strikes. Then moto answers.

moto by itself answers anybody, web pages too (CORS `*`), and can be reset by anybody. Nothing
reaches it here but a signed request for a service, from a program and to this very address.
"""

import base64
import hmac
import io
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import msgspec
from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model

from idkeep.demo.faults import Faults, named_in, rewritten
from idkeep.demo.overlay.state import AccountState
from idkeep.demo.principals import Principal
from idkeep.demo.refusals import Answer, Refusal, denial, refused, web_page

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
# The order is that of the SDKs. The signature itself is not checked.
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(\w+)/\d{8}/[\w-]+/([\w.-]+)/aws4_request,\s*"
    r"SignedHeaders=[\w;-]+,\s*Signature=[0-9a-f]{64}",
    re.ASCII,
)
# moto's dispatcher answers these by their path, whoever signed.
MOTO_S_OWN = ("/moto-api", "/favicon.ico", "/latest/")
CONTENT = re.compile(rb"(?<=<Content>)[^<]*(?=</Content>)")
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
        control: str,
    ) -> None:
        self._moto = moto
        self._state = state
        self._principals = {principal.access_key: principal for principal in principals}
        self._operations = operations
        self._control_path = control
        self._lock = threading.Lock()
        self._requests: list[str] = []
        self._calls = 0
        self._throttled: Counter[str] = Counter()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        call = _not_for_us(environ) or self._controlled(environ) or _call(environ)
        if isinstance(call, Answer):
            return _send(call, start_response)
        with self._lock:
            self._requests.append(call.action)
            self._calls += 1
            faults = self._state.faults
            answer = self._fault(call)
        time.sleep(faults.wait(call.action))
        if answer is not None:
            return _send(answer, start_response)
        try:
            return self._answer(environ, start_response, call.action, faults)
        except NotImplementedError:
            sentence = f"the demo server does not know {call.action}"
            return _send(self._refuse(call, Refusal.NOT_BUILT, sentence), start_response)

    def _answer(
        self, environ: Environ, start_response: StartResponse, action: str, faults: Faults
    ) -> Iterable[bytes]:
        """What moto says, once rewritten and without what would let web pages read it."""
        said: dict[str, Any] = {}

        def hear(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            said.update(status=status, headers=headers)

        body = b"".join(self._moto(environ, hear))
        headers = [h for h in said["headers"] if not h[0].lower().startswith("access-control-")]
        pairs = faults.rewrites(action)
        if pairs:
            body = _rewritten(action, body, pairs)
            headers = [h for h in headers if h[0].lower() != "content-length"]
            headers.append(("Content-Length", str(len(body))))
        start_response(said["status"], headers)
        return [body]

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
                return _json(self._operations())
            case "POST", "faults":
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


def _rewritten(action: str, body: bytes, pairs: Iterable[tuple[str, str]]) -> bytes:
    def text(raw: bytes) -> bytes:
        # Bytes that are not UTF-8 come out as they went in.
        return rewritten(raw.decode("utf-8", "surrogateescape"), pairs).encode(
            "utf-8", "surrogateescape"
        )

    if action == "iam:GetCredentialReport":
        return CONTENT.sub(
            lambda found: base64.b64encode(text(base64.b64decode(found[0]))), body, count=1
        )
    return text(body)


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


def _call(environ: Environ) -> Call | Answer:
    """The call in a signed request, or the refusal of one that no AWS client sends."""
    found = SIGNED.fullmatch(environ.get("HTTP_AUTHORIZATION", "").strip())
    if found is None:
        is_json = "json" in environ.get("CONTENT_TYPE", "")
        return refused(Refusal.UNSIGNED, "rest-json" if is_json else "query")
    access_key, service = found.groups()
    body = _body(environ)
    try:
        model = get_service_model(service)
    except Exception:  # noqa: BLE001 botocore's own error for a service it does not know
        return refused(
            Refusal.NOT_BUILT, "json", f"the demo server does not know the service {service}"
        )
    protocol = str(model.protocol)
    form = parse_qs(body.decode("utf-8", errors="replace"))
    if "Action" in form:
        operation = form["Action"][0]
    elif "HTTP_X_AMZ_TARGET" in environ:
        operation = environ["HTTP_X_AMZ_TARGET"].rpartition(".")[2]
    else:
        try:
            operation = get_service_router(service).match(Request(environ.copy()))[0].name
        except Exception:  # noqa: BLE001 moto's errors for a path or a method that nobody has
            sentence = f"the demo server does not know such a request to {service}"
            return refused(Refusal.NOT_BUILT, protocol, sentence)
    return Call(
        access_key=access_key,
        service=service,
        operation=operation,
        protocol=protocol,
        namespace=str(model.metadata.get("xmlNamespace", "")),
        next_page=any(word in form or f'"{word}"'.encode() in body for word in NEXT_PAGE),
    )

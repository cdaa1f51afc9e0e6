"""What botocore's and AWS's errors mean, for a gap in a snapshot or for a person."""

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from idkeep.errors import AwsUnreachable, CredentialsEnded, IdkeepError
from idkeep.model import DENIED, EXPIRED, Gap


class NotAws(Exception):
    """What came back can't be read as an answer of AWS's: a proxy's page, a sign-in portal's."""


class Stopped(Exception):
    """The scan was told to end."""


class NotEntered(Exception):
    """An account's role did not let us in; `gap` says what AWS answered."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(str(gap))
        self.gap = gap


class Ended(Exception):
    """The caller's own credentials have ended, so no account can be entered any more."""


# What botocore says where a sign-in has ended or a credential process gives nothing.
_NO_MORE = frozenset(
    one.__name__
    for one in (
        boto.CredentialRetrievalError,
        boto.NoCredentialsError,
        boto.SSOTokenLoadError,
        boto.TokenRetrievalError,
        boto.UnauthorizedSSOTokenError,
    )
)
# botocore's names for a connection that did not come about, where it has no words of ours.
_NO_CONNECTION = frozenset(
    one.__name__ for one in (boto.ConnectionError, boto.HTTPClientError, boto.ProxyConnectionError)
)
UNKNOWN_KEY = frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"})
THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
    }
)
# What AWS says where a repetition may do: it was asked too fast, or failed itself.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
_PASSING = frozenset(
    {
        *EXPIRED, *THROTTLED, "BandwidthLimitExceeded", "EC2ThrottledException", "InternalError",
        "InternalException", "InternalFailure", "InternalServerError", "InternalServerException",
        "InternalServiceError", "InternalServiceException", "PriorRequestNotComplete",
        "RequestThrottled", "RequestThrottledException", "RequestTimeout",
        "RequestTimeoutException", "ServiceException", "ServiceFailure",
        "ServiceFailureException", "ServiceUnavailable", "ServiceUnavailableException",
        "SlowDown", "TransactionInProgressException",
    }
)  # fmt: skip
# Nothing answers there: the network may be down, or the place not exist.
COULD_NOT_CONNECT = "could not connect"
TIMED_OUT = "no connection within the time limit"
# How some begin that say more.
NOT_READY = "still not ready after "
_NOT_AWS = "the answer is not AWS's"
_HTTP = "HTTP "
_SESSION_ENDED = "the session has ended, and then "
_SIGN_IN_AGAIN = "sign in again (`aws sso login`, `aws login`, or new credentials), then repeat"
_CHECK_ENDPOINT = "check proxy settings and AWS_ENDPOINT_URL"
_NO_WAY = "AWS can't be reached from here: {failure}"
_CHECK_NETWORK = "check the network, proxy settings, AWS_ENDPOINT_URL and that {region} is a region"
_LONGEST_DETAIL = 400


def code(error: Exception) -> str:
    """AWS's error code; "" where no AWS code came."""
    if not isinstance(error, ClientError):
        return ""
    word = str(error.response.get("Error", {}).get("Code", ""))
    # Where the body holds no error of AWS's, botocore fills in the HTTP status or "Unknown".
    return "" if word.isdecimal() or word == "Unknown" else word


def gap(action: str, error: Exception, *, region: str = "") -> Gap:
    """The gap that a failed call leaves."""
    word = code(error)
    if not word:
        return Gap(action, _no_answer(error), region=region)
    detail = ""
    # Only a refusal's message is kept: it names the policy, and never holds a signed header.
    if word in DENIED and isinstance(error, ClientError):
        detail = str(error.response["Error"].get("Message", ""))[:_LONGEST_DETAIL]
    return Gap(action, word, detail, region)


def has_expired(gap: Gap) -> bool:
    """The credentials have ended, and with them all that would be asked after this."""
    return gap.error in EXPIRED | _NO_MORE | {_NOT_ANSWERED[Ended]}


def may_pass(gap: Gap) -> bool:
    """Whether a second try may be answered; a refusal stays one until somebody lifts it."""
    words = gap.error
    network = words.startswith((_NOT_AWS, _HTTP, _SESSION_ENDED)) or words in _NOT_ANSWERED.values()
    return network or words in _PASSING | _NO_MORE | _NO_CONNECTION or words.startswith(NOT_READY)


def is_unreached(error: Exception) -> bool:
    """The place did not answer at all, and will not when asked for something else."""
    kinds = boto.ConnectTimeoutError | boto.EndpointConnectionError | boto.ReadTimeoutError
    return isinstance(error, kinds)


def is_timed_out(error: Exception) -> bool:
    """Somebody may be there, and did not speak."""
    return isinstance(error, boto.ConnectTimeoutError | boto.ReadTimeoutError)


def _no_answer(error: Exception) -> str:
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "error")
        return f"{_HTTP}{status} without an answer of AWS's"
    for kind, words in _NOT_ANSWERED.items():
        if isinstance(error, kind):
            return words
    if isinstance(error, NotAws):
        return f"{_NOT_AWS}: {error}"
    if isinstance(error, NotEntered):
        return f"{_SESSION_ENDED}{error}"
    if isinstance(error, BotoCoreError):
        return type(error).__name__
    # botocore stumbles like this over a page of well-formed XML that is no answer of AWS's.
    return f"{_NOT_AWS}: {type(error).__name__}"


_NOT_ANSWERED: dict[type[Exception], str] = {
    ResponseParserError: _NOT_AWS,
    boto.ConnectTimeoutError: TIMED_OUT,
    boto.ReadTimeoutError: "no answer within the time limit",
    boto.EndpointConnectionError: COULD_NOT_CONNECT,
    boto.ConnectionClosedError: "the connection was closed before an answer came",
    boto.SSLError: "the TLS connection failed",
    Ended: "the caller's credentials have expired",
}


# What to tell a person, and what to do, by what botocore raised; the first that fits.
_UNREACHABLE: tuple[tuple[type[Exception], str, str], ...] = (
    (
        boto.NoCredentialsError,
        "no AWS credentials found",
        (
            "name a profile (--profile), set AWS_PROFILE, or sign in with `aws login`; "
            "to try idkeep without an account: `idkeep demo`"
        ),
    ),
    (
        boto.PartialCredentialsError,
        "the AWS credentials are incomplete: {error}",
        "a key id and its secret belong together; check the profile or environment",
    ),
    (boto.ProfileNotFound, "{error}", "`aws configure list-profiles` shows those there are"),
    (boto.UnauthorizedSSOTokenError, "the sign-in session has ended", _SIGN_IN_AGAIN),
    (boto.SSOTokenLoadError, "there is no sign-in session", _SIGN_IN_AGAIN),
    (boto.TokenRetrievalError, "the sign-in session has ended", _SIGN_IN_AGAIN),
    (boto.LoginError, "{error}", _SIGN_IN_AGAIN),
    (boto.CredentialRetrievalError, "{error}", _SIGN_IN_AGAIN),
    (boto.ConfigParseError, "the AWS configuration can't be read: {error}", ""),
    (boto.ConfigNotFound, "the AWS configuration can't be read: {error}", ""),
    (boto.HTTPClientError, _NO_WAY, _CHECK_NETWORK),
    (boto.ConnectionError, _NO_WAY, _CHECK_NETWORK),
    (BotoCoreError, "AWS can't be asked: {error}", ""),
    # botocore lets through what goes wrong in a credential process or an address.
    (ValueError, "AWS can't be asked: {error}", _CHECK_ENDPOINT),
    (Exception, "what answered is not AWS", _CHECK_ENDPOINT),
)
# The same by AWS's error code.
_REFUSED: tuple[tuple[frozenset[str], str, str], ...] = (
    (EXPIRED, "the AWS credentials have expired", _SIGN_IN_AGAIN),
    (
        UNKNOWN_KEY,
        "AWS does not know this access key in {region}",
        (
            "it may be deleted, inactive, or of another partition: for China and GovCloud "
            "name one of their regions with --region"
        ),
    ),
    (
        frozenset({"SignatureDoesNotMatch"}),
        "AWS refuses the signature: the secret does not belong to the access key",
        "check the profile or environment for a truncated or mixed-up secret",
    ),
    (
        frozenset({"RequestTimeTooSkewed"}),
        "this machine's clock is wrong",
        "set the clock, then repeat",
    ),
    (
        THROTTLED,
        "AWS throttles this account's calls, even after waiting",
        "something else is calling AWS hard; try again in a few minutes",
    ),
    (
        DENIED,
        "AWS refuses sts:GetCallerIdentity",
        "a network or VPC endpoint policy denies it; no IAM policy can",
    ),
)


def unreachable(error: Exception, *, region: str) -> IdkeepError:
    """Why AWS could not even say who is asking, and what to do about it."""
    if isinstance(error, ClientError):
        return _refused(error, region)
    failure = _no_answer(error)
    for kind, sentence, hint in _UNREACHABLE:
        if isinstance(error, kind):
            return _called(hint)(
                sentence.format(error=error, failure=failure), hint=hint.format(region=region)
            )
    raise AssertionError("the last row fits all")


def _called(hint: str) -> type[AwsUnreachable]:
    return CredentialsEnded if hint == _SIGN_IN_AGAIN else AwsUnreachable


def _refused(error: Exception, region: str) -> IdkeepError:
    word = code(error)
    if not word:
        return AwsUnreachable(_no_answer(error), hint=_CHECK_ENDPOINT)
    for words, sentence, hint in _REFUSED:
        if word in words:
            return _called(hint)(sentence.format(region=region), hint=hint)
    return AwsUnreachable(f"AWS refuses the credentials: {word}")

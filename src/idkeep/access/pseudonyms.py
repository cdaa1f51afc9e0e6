"""Names exchanged for others: the same one always for the same, and no way back without the key.

A pseudonym is made of an HMAC-SHA-256, word by word (`deploy-prod` and `deploy-*` begin alike
afterwards too, so a pattern goes on meeting what it met where it ends between words). Letters and
digits alternate in it, so that no name can come about by chance.
"""

import hmac
import re
from collections.abc import Callable
from ipaddress import ip_network

from idkeep.access.aws_words import AwsWords

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD_LENGTH = 10
_ACCOUNTS = 9 * 10**11  # twelve digits that don't begin with 0: a JSON number can't
_ACCOUNT = re.compile("[0-9]{12}")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_UNIQUE_ID = re.compile(
    "(ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA)([A-Z0-9]{8,})"
)
_ADDRESS = re.compile(r"[0-9a-fA-F]*[.:][0-9a-fA-F.:]*(/[0-9]{1,3})?")
_HEX = re.compile("[0-9a-f]{32,}")
# Private use: they stand for policy variables while the text around them is changed.
VARIABLES = "\U000f0000-\U000ffffd"
_WORD = re.compile(rf"[^\s\-_./@+=,:*?$(){{}}\[\]\"'<>;!#%&|~^`{VARIABLES}]+")
_PARTS = re.compile("[0-9]+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z0-9]+")
_MOST_PARTS = 6
_ID_PREFIXES = frozenset({"o", "ou", "r", "p"})  # of organisations, units, roots, policies
_ARN_FIELDS = 6
_SPLIT = re.compile(r"([:/\s])")


class Pseudonyms:
    """Made for one key; `words` are those that stay."""

    def __init__(self, key: bytes, words: AwsWords) -> None:
        self._key = key
        self._made: dict[str, str] = {}
        self._names_made: dict[str, str] = {}
        self._words_made: dict[str, str] = {}
        self.words = words

    def text(self, text: str) -> str:
        """Whatever names anybody in a text is exchanged: ARNs, ids, addresses, names, words."""
        if text not in self._made:
            self._made[text] = self._text(text)
        return self._made[text]

    def account(self, account: str) -> str:
        return str(10**11 + int.from_bytes(self._digest("account", account)[:8]) % _ACCOUNTS)

    def _text(self, text: str) -> str:
        if network := self._network(text):
            return network
        return "".join(
            self._arn(one) if one.startswith("arn:") else self._names(one)
            for one in re.split(r"(\s+)", text)
        )

    def _arn(self, text: str) -> str:
        """What is AWS's in an ARN or in a pattern for one stays; it may have too few fields."""
        fields = text.split(":", _ARN_FIELDS - 1)
        _, partition, service, region, account, resource, *_ = (*fields, *[""] * _ARN_FIELDS)
        if account == "aws" and service in ("iam", "organizations"):
            return text
        words = self.words
        made = (
            "arn",
            partition if words.is_partition(partition) else self._words(partition),
            service
            if words.is_service(service) or not service.strip("*?")
            else self._words(service),
            region if words.is_region(region) else self._words(region),
            account if account == "aws" else self._words(account),
            self._resource(service, resource),
        )
        return ":".join(made[: len(fields)])

    def _resource(self, service: str, resource: str) -> str:
        parts = _SPLIT.split(resource)
        return "".join(
            part if self.words.is_resource_type(service, place // 2, part) else self._name(part)
            for place, part in enumerate(parts)
        )

    def _names(self, text: str) -> str:
        return "".join(self._name(part) for part in _SPLIT.split(text))

    def _name(self, name: str) -> str:
        if name not in self._names_made:
            begins, ends = (name, "") if self.words.is_name(name) else self.words.kept_parts(name)
            between = name[len(begins) : len(name) - len(ends)]
            self._names_made[name] = begins + self._words(between) + ends
        return self._names_made[name]

    def _words(self, text: str) -> str:
        return _WORD.sub(self._word, text)

    def _word(self, found: re.Match[str]) -> str:
        word, after = found[0], found.string[found.end() : found.end() + 1]
        if _ACCOUNT.fullmatch(word):
            return self.account(word)
        if unique := _UNIQUE_ID.fullmatch(word):
            prefix, rest = unique.groups()
            return prefix + self._alternating("id", word, len(rest)).upper()
        if _HEX.fullmatch(word):
            return self._digest("hex", word).hex()[: len(word)]
        if word in _ID_PREFIXES and after == "-" and not found.start():
            return word
        parts = _PARTS.findall(word)
        if len(parts) > _MOST_PARTS:  # no words, but an id that somebody's dice made
            return self._alternating("word", word, _WORD_LENGTH)
        return "".join(map(self._part, parts))

    def _part(self, part: str) -> str:
        if part not in self._words_made:
            self._words_made[part] = self._made_part(part)
        return self._words_made[part]

    def _made_part(self, part: str) -> str:
        """In the case of the original, so that comparing without case gives the same."""
        if _ACCOUNT.fullmatch(part):
            return self.account(part)
        if not part.isascii():
            return self._alternating("word", part, _WORD_LENGTH)
        made = self._alternating("word", part.lower(), _WORD_LENGTH)
        if part.isupper() and len(part) > 1:
            return made.upper()
        return made.capitalize() if part[0].isupper() else made

    def _alternating(self, kind: str, original: str, length: int) -> str:
        number = int.from_bytes(self._digest(kind, original)[:16])
        made = []
        for place in range(length):
            number, rest = divmod(number, 10 if place % 2 else len(_LETTERS))
            made.append(str(rest) if place % 2 else _LETTERS[rest])
        return "".join(made)

    def _network(self, text: str) -> str:
        """An IP address or range as another one; "" for what is none."""
        if not _ADDRESS.fullmatch(text):
            return ""
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            return ""
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
        made = _moved(bits, self._bit, _SPECIAL[network.version])
        address = int(made.ljust(network.max_prefixlen, "0"), 2)
        other = type(network)((address, network.prefixlen))
        return str(other) if "/" in text else str(other.network_address)

    def _bit(self, prefix: str) -> bool:
        return bool(self._digest("bit", prefix)[0] & 1)

    def _digest(self, kind: str, original: str) -> bytes:
        message = f"{kind}\n{original}".encode(errors="surrogatepass")
        return hmac.digest(self._key, message, "sha256")


def _prefixes(*networks: str) -> frozenset[str]:
    """All the beginnings, in bits, of the networks' own."""
    made: set[str] = set()
    for network in map(ip_network, networks):
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
        made.update(bits[:length] for length in range(len(bits)))
    return frozenset(made)


# What is private, local or documentation stays so, and nothing else becomes it:
# https://www.iana.org/assignments/iana-ipv4-special-registry
# https://www.iana.org/assignments/iana-ipv6-special-registry
_SPECIAL = {
    4: _prefixes(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ),
    6: _prefixes("::/127", "2000::/3", "fc00::/7", "fe80::/10", "ff00::/8"),
}  # fmt: skip


def _moved(bits: str, flips: Callable[[str], bool], special: frozenset[str]) -> str:
    """Bit by bit, each by what stands before it: what one range holds, it holds afterwards too."""
    return "".join(
        bit if bits[:place] in special or not flips(bits[:place]) else "10"[int(bit)]
        for place, bit in enumerate(bits)
    )

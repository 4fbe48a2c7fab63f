"""Settings of Kafka clients: read from a file as Java reads it, and put for the client that is to use them.

A job uses the client inside Flink's connector, where Kafka's classes have other names; what `generate` uses is
librdkafka, which knows no Java.
"""

from __future__ import annotations

import re

from flowsift.errors import UserError

_BLANKS = " \t\f"
_PAIR = re.compile(r"((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)", re.S)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.S)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}

_JAAS = "sasl.jaas.config"
_KAFKA = re.compile(r"(?<![\w.])org\.apache\.kafka\.")
_IN_CONNECTOR = "org.apache.flink.kafka.shaded.org.apache.kafka."
# What such a setting names are classes, several by comma.
_NAMES_CLASSES = re.compile(
    r"\.class(es)?$|\.assignment\.strategy$|reporters$|\.providers$|^(de)?serializer|serializer$"
)
_SECRET = re.compile(r"password|secret|token|jaas|\.key$|credential", re.I)
_JAAS_OPTION = re.compile(r'([\w.\-]+)\s*=\s*("(?:\\.|[^"\\])*"|[^\s;"]+)')


def parse_properties(text: str) -> dict[str, str]:
    """What java.util.Properties reads from a text; a byte order mark is no part of it.

    Raises ValueError, as Java does, for an escape of a character that breaks off.
    """
    pairs = {}
    for line in _logical_lines(text.removeprefix("\ufeff")):
        match = _PAIR.fullmatch(line)
        assert match is not None, "the pattern matches all lines"
        pairs[_unescaped(match[1])] = _unescaped(match[2])
    return pairs


def _logical_lines(text: str) -> list[str]:
    """Lines without comments and blank ones; one that ends in an odd number of backslashes goes on in the next.

    Java passes over a lone backslash as over a blank line, but takes one at the end of the text for an empty name.
    """
    natural = re.split(r"\r\n|\r|\n", text)[::-1]
    logical = []
    while natural:
        line = natural.pop().lstrip(_BLANKS)
        is_last = natural in ([], [""])
        if line.startswith(("#", "!")) or line == "" or (line == "\\" and not is_last):
            continue
        while _goes_on(line):
            line = line[:-1] + (natural.pop().lstrip(_BLANKS) if natural else "")
        logical.append(line)
    return logical


def _goes_on(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _unescaped(text: str) -> str:
    def character(match: re.Match) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        if match[2] == "u":
            raise ValueError("\\u needs four hexadecimal digits")
        return _CONTROLS.get(match[2]) or match[2]

    # Two escapes are one character where it takes two units of UTF-16.
    return _ESCAPE.sub(character, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def secrets_in(properties: dict[str, str]) -> set[str]:
    """All that must never be shown: each value, and the passwords inside a login.

    Values of up to three characters are left, which any text has, unless the setting is one of passwords.
    """
    found = set()
    for name, value in properties.items():
        options = _JAAS_OPTION.findall(value) if name.endswith(_JAAS) else []
        found |= {_unquoted(option) for inner, option in options if _SECRET.search(inner)} - {""}
        found |= {value} if len(value) > (0 if _SECRET.search(name) else 3) else set()
    return found


def for_connector(properties: dict[str, str]) -> dict[str, str]:
    """Settings for the client in Flink's connector, which holds Kafka's classes under names of its own."""

    def renamed(name: str, value: str) -> str:
        if name.endswith(_JAAS):
            return _KAFKA.sub(_IN_CONNECTOR, value, count=1) if _KAFKA.match(value.lstrip()) else value
        return _KAFKA.sub(_IN_CONNECTOR, value) if _NAMES_CLASSES.search(name) else value

    return {name: renamed(name, value) for name, value in properties.items()}


def for_librdkafka(properties: dict[str, str]) -> dict[str, str]:
    """Settings for librdkafka that mean what these mean in Java.

    Raises UserError, with what to write instead, for what it cannot know.
    """
    ours = {name: value for name, value in properties.items() if not _is_javas(name)}
    translated: dict[str, str] = {}
    if _JAAS in properties:
        translated |= _login(properties[_JAAS], properties)
    if "ssl.ca.location" not in ours:
        translated |= _trusted(properties)
    if "ssl.certificate.location" not in ours:
        translated |= _own_certificate(properties)
    if ours.get("ssl.endpoint.identification.algorithm") == "":
        translated["ssl.endpoint.identification.algorithm"] = "none"
    return {**ours, **translated}


def _is_javas(name: str) -> bool:
    return name == _JAAS or name.startswith(("ssl.truststore.", "ssl.keystore.")) or bool(_NAMES_CLASSES.search(name))


def _login(jaas: str, properties: dict[str, str]) -> dict[str, str]:
    module = jaas.split(maxsplit=1)[0].rpartition(".")[2] if jaas.strip() else ""
    options = {name: _unquoted(value) for name, value in _JAAS_OPTION.findall(jaas)}
    if module in ("PlainLoginModule", "ScramLoginModule"):
        return _renamed(options, {"username": "sasl.username", "password": "sasl.password"})
    if module == "OAuthBearerLoginModule":
        names = {"clientId": "client.id", "clientSecret": "client.secret", "scope": "scope"}
        client = _renamed(options, {name: f"sasl.oauthbearer.{other}" for name, other in names.items()})
        return {"sasl.oauthbearer.method": "oidc", **client}
    if "sasl.kerberos.principal" in properties:
        return {}
    raise UserError(
        f"generate's client, librdkafka, knows no login {module or 'without a name'}; "
        "write sasl.username and sasl.password, or sasl.kerberos.principal and sasl.kerberos.keytab"
    )


def _trusted(properties: dict[str, str]) -> dict[str, str]:
    if "ssl.truststore.certificates" in properties:
        return {"ssl.ca.pem": properties["ssl.truststore.certificates"]}
    location = properties.get("ssl.truststore.location")
    if location is None:
        return {}
    if _kind_of(location, properties.get("ssl.truststore.type")) == "PEM":
        return {"ssl.ca.location": location}
    raise UserError(
        "generate's client, librdkafka, reads certificates that it trusts as PEM; "
        "add ssl.ca.location=FILE.pem, or write ssl.truststore.type=PEM and a location of that type"
    )


def _own_certificate(properties: dict[str, str]) -> dict[str, str]:
    if "ssl.keystore.key" in properties:
        names = {"ssl.keystore.key": "ssl.key.pem", "ssl.keystore.certificate.chain": "ssl.certificate.pem"}
        return _renamed(properties, names)
    location = properties.get("ssl.keystore.location")
    if location is None:
        return {}
    kind = _kind_of(location, properties.get("ssl.keystore.type"))
    if kind == "PEM":
        return {"ssl.certificate.location": location, "ssl.key.location": location}
    if kind == "PKCS12":
        return _renamed(properties, {name: name for name in ("ssl.keystore.location", "ssl.keystore.password")})
    raise UserError(
        "generate's client, librdkafka, reads keys as PEM or PKCS12; "
        "add ssl.certificate.location=FILE.pem and ssl.key.location=FILE.pem, or write ssl.keystore.type=PKCS12"
    )


def _kind_of(location: str, kind: str | None) -> str:
    if kind is None:
        kind = {"pem": "PEM", "p12": "PKCS12", "pfx": "PKCS12"}.get(location.rpartition(".")[2].lower(), "JKS")
    return kind.upper()


def _renamed(values: dict[str, str], names: dict[str, str]) -> dict[str, str]:
    return {other: values[name] for name, other in names.items() if name in values}


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.S) if text.startswith('"') else text

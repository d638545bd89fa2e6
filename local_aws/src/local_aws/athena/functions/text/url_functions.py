"""Functions of URLs (Trino, "URL functions"); what is no URL of java.net.URI gives null."""

import re
from urllib.parse import quote, unquote_to_bytes

from local_aws.athena.functions.python_functions import trino
from local_aws.athena.functions.text.text_functions import invalid

_URI = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_AUTHORITY = re.compile(r"(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?")
_ILLEGAL = re.compile(r'[\s<>"{}|\\^`\x00-\x1f]|%(?![0-9A-Fa-f]{2})')


def _decoded(text: str) -> str:
    return unquote_to_bytes(text).decode("utf-8", "replace")


def _parts(url: str) -> tuple[str | None, ...] | None:
    """Scheme, authority, path, query and fragment as they are written."""
    return None if _ILLEGAL.search(url) else _URI.fullmatch(url).groups()


def _authority(url: str) -> re.Match[str] | None:
    parts = _parts(url)
    return _AUTHORITY.fullmatch(parts[1]) if parts is not None and parts[1] else None


@trino("url_extract_protocol(varchar(x)) -> varchar(x)")
def _url_extract_protocol(url: str) -> str | None:
    parts = _parts(url)
    return None if parts is None else parts[0] or ""


@trino("url_extract_host(varchar(x)) -> varchar(x)")
def _url_extract_host(url: str) -> str | None:
    if _parts(url) is None:
        return None
    found = _authority(url)
    return found[1] if found else ""


@trino("url_extract_port(varchar) -> bigint")
def _url_extract_port(url: str) -> int | None:
    found = _authority(url)
    return int(found[2]) if found and found[2] else None


def _extract(name: str, place: int) -> None:
    @trino(f"url_extract_{name}(varchar(x)) -> varchar(x)")
    def extract(url: str) -> str | None:
        parts = _parts(url)
        return None if parts is None else _decoded(parts[place] or "")


for _name, _place in (("path", 2), ("query", 3), ("fragment", 4)):
    _extract(_name, _place)


@trino("url_extract_parameter(varchar(x), varchar) -> varchar(x)")
def _url_extract_parameter(url: str, name: str) -> str | None:
    parts = _parts(url)
    for pair in (parts[3] or "").split("&") if parts is not None else []:
        key, given, value = pair.partition("=")
        if _decoded(key.replace("+", " ")) == name and (key or given):
            return _decoded(value.replace("+", " "))
    return None


@trino("url_encode(varchar) -> varchar")
def _url_encode(text: str) -> str:
    return quote(text, safe="*-._ ").replace("~", "%7E").replace(" ", "+")


@trino("url_decode(varchar(x)) -> varchar(x)")
def _url_decode(text: str) -> str:
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise invalid("URLDecoder: Illegal hex characters in escape (%) pattern")
    return _decoded(text.replace("+", " "))

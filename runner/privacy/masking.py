"""A second lock on identity: what a notebook printed or an error quoted is masked once more on its way to a page."""

import re

from helpers.masking import MASK
from helpers.tables import IDENTITY

_LABEL = r"[\w-]+\."
_NO_DOMAIN = "png|jpe?g|gif|svg|webp|css|js"
EMAIL = re.compile(
    rf"(?<![\w.%+-])[\w.%+-]+@(?:{_LABEL})+(?!(?:{_NO_DOMAIN})\b)(?:xn--[\w-]+|[^\W\d_]{{2,}})(?![\w-])", re.IGNORECASE
)
"""An e-mail address by its form: neither ``jquery@3.5.1``, a library, nor ``icon@2x.png``, a picture."""
SERIAL = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w.%+-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
"""Whatever may be one: to mask a library does no harm."""
_PHONE = re.compile(r"\+\d{1,3}[ .(-][\d ().-]{6,}\d")
_QUOTE = r"(?:[\"']|&#34;|&quot;|&#39;|&#x27;)"
_FIELD = re.compile(
    rf"(\b(?:{'|'.join(sorted(IDENTITY))}){_QUOTE}?\s*[:=]\s*)({_QUOTE})(?:(?!\2).)+\2",
    re.IGNORECASE,
)


def mask_identity_text(text: str) -> str:
    """Mask e-mail addresses, device serials, phone numbers, and the value of an identity field in quoted JSON.

    The notebooks mask what they show by column (`helpers.masking`); this finds what has no column: a line of the source
    in an error message. It works on plain text and on HTML. A bare name has no form to find it by.

    >>> mask_identity_text('cannot read {"customerName": "Ada", "email": "ada@example.com"}')
    'cannot read {"customerName": "•••", "email": "•••"}'
    """
    text = _FIELD.sub(rf"\1\2{MASK}\2", text)
    for pattern in (_ADDRESS, SERIAL, _PHONE):
        text = pattern.sub(MASK, text)
    return text

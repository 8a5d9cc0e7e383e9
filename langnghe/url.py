"""Addresses: one canonical form per article, so that one article is one document."""

from __future__ import annotations

import re
from urllib.parse import (
    parse_qsl,
    quote,
    unquote,
    unquote_plus,
    urlencode,
    urlsplit,
    urlunsplit,
)

# Parameters that say where the reader came from, never which article it is.
TRACKING_PARAMETERS = frozenset(
    {
        "fbclid",
        "gclid",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "yclid",
        "twclid",
        "ttclid",
        "zarsrc",
        "gidzl",
        "vn_source",
        "vn_campaign",
        "vn_medium",
        "vn_term",
        "vn_thumb",
        "vn_aid",
        "zalo_src",
        "utm_id",
        "ref",
        "ref_src",
        "ref_url",
        "referrer",
        "source_share",
        "share",
        "shared",
        "from_share",
        "cmpid",
        "ncid",
        "ocid",
        "spm",
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "hsCtaTracking",
        "mkt_tok",
        "trk",
        "trkCampaign",
        "sc_channel",
        "amp",
        "rs",
        "soc_src",
        "soc_trk",
        "clickid",
        "itm_source",
        "itm_medium",
        "itm_campaign",
    }
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "vn_", "at_", "hsa_")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MULTIPLE_SLASHES = re.compile(r"/{2,}")
_MOBILE = re.compile(r"^(?:m|amp|mobile)\.(?=[^.]+\.[^.]+)")


def is_web_url(url: str) -> bool:
    """Return whether ``url`` is an absolute http(s) address with a host."""
    try:
        parts = urlsplit(url.strip())
        return parts.scheme.lower() in _DEFAULT_PORTS and bool(parts.hostname)
    except ValueError:
        return False


def typed_url(text: str) -> str:
    """Return the address that somebody typed or pasted, https where no scheme stands before it.

    Raises ValueError for what is no web address.
    """
    url = text.strip()
    has_scheme = "://" in url
    url = url if has_scheme else f"https://{url}"
    is_host = is_web_url(url) and (has_scheme or "." in (urlsplit(url).hostname or "").strip("."))
    if not is_host or any(char.isspace() for char in url):
        raise ValueError(f"not a web address: {text[:80]!r}")
    return url


def canonical_url(url: str) -> str:
    """Return the canonical form: lower-case host, no default port, fragment or tracking parameters.

    The scheme of a site that answers both is not guessed: http stays http. Raises ValueError for
    anything but an absolute http(s) address.
    """
    url = url.strip()
    if not is_web_url(url):
        raise ValueError(f"not a web address: {url[:80]!r}")
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").lower().rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode()
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    netloc = host if port is None or port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"
    path = _MULTIPLE_SLASHES.sub("/", quote(unquote(parts.path), safe="/:@!$&'()*+,;=~-._%")) or "/"
    return urlunsplit((scheme, netloc, path, _clean_query(parts.query), ""))


def identity_url(url: str) -> str:
    """Return the address that identifies an article: canonical, without mobile or AMP forms, its
    parameters sorted."""
    parts = urlsplit(canonical_url(url))
    host = _MOBILE.sub("", parts.netloc)
    path = parts.path.removesuffix("/amp").removesuffix("/amp/") or "/"
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return urlunsplit((parts.scheme, host, path, query, ""))


def _clean_query(query: str) -> str:
    """Return the parameters that are the article's, in the order and spelling of the publisher."""
    kept = (part for part in query.split("&") if part and not _is_tracking(part))
    return "&".join(quote(part, safe="%/:?@!$'()*,;=~-._+") for part in kept)


def _is_tracking(part: str) -> bool:
    name = unquote_plus(part.partition("=")[0])
    return name in TRACKING_PARAMETERS or name.lower().startswith(_TRACKING_PREFIXES)


def host_of(url: str) -> str:
    """Return the lower-case host of ``url`` without "www.", "" if there is none."""
    try:
        host = (urlsplit(url.strip()).hostname or "").lower()
    except ValueError:
        return ""
    return host.removeprefix("www.")

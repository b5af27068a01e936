"""Where a server is: whether a proxy stands before it, and where it moved to."""

import ipaddress
from urllib.parse import urljoin, urlsplit

import httpx

from macla.errors import UserError
from macla.secrets import bare_url, login, query

CONNECT_S = 20.0
"""Seconds for a connection: a machine that is switched off does not refuse one."""


def is_loopback(url: str) -> bool:
    """Whether the server is on this machine."""
    host = _host(url)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def check_address(url: str) -> None:
    """Raise UserError for what is no address of a server."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond 65535, a bracket that is not closed
        sound = False
    if not sound:
        raise UserError(f"model.base_url={bare_url(url)} is no URL; type e.g. http://localhost:8000/v1")


def client_for(url: str, headers: dict[str, str], limits: httpx.Limits) -> httpx.AsyncClient:
    """Return a client; the environment's proxies are asked only for servers elsewhere. UserError when they are none."""
    try:
        return httpx.AsyncClient(
            headers=headers,
            auth=login(url),
            params=query(url),
            limits=limits,
            timeout=httpx.Timeout(None, connect=CONNECT_S),
            trust_env=not is_loopback(url),
        )
    except ImportError:
        raise UserError(
            "ALL_PROXY, HTTP_PROXY or HTTPS_PROXY names a SOCKS proxy; type pip install 'httpx[socks]', or unset it"
        ) from None
    except (ValueError, httpx.InvalidURL) as error:
        raise UserError(f"HTTP_PROXY, ALL_PROXY or NO_PROXY does not read ({error}); correct or unset it") from None


def next_address(base: str, url: str, location: str) -> str:
    """Return where a redirect leads: the same host, by the same protocol or by https. UserError for another one.

    The key and the prompts go to the server that the user named, and nowhere else.
    """
    try:
        target = urljoin(url, location)
        moved = urlsplit(target)
        _ = moved.port
    except ValueError:
        raise UserError(f"{base} redirects to what is no URL; mend the server, or type model.base_url") from None
    if _host(url) != _host(target) or moved.scheme not in (urlsplit(url).scheme, "https"):
        where = f"{moved.scheme}://{moved.netloc.rpartition('@')[2]}"
        raise UserError(f"{base} has moved to {where}; type its new address as model.base_url")
    return target


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""

"""Who may call and embed the gateway: origins, cookies' attributes, security headers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import urlsplit

from kvitt.settings import Settings

type SameSite = Literal["Lax", "Strict", "None"]

_SAME_SITE: dict[str, SameSite] = {"lax": "Lax", "strict": "Strict", "none": "None"}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_STATE_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_SAME_SITE_FETCHES = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    own_origins: frozenset[str]
    allowed_origins: frozenset[str]
    frame_ancestors: tuple[str, ...]
    is_secure: bool
    same_site: SameSite

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        own = {origin_of(settings.public_url), *_bound_origins(settings)}
        is_secure = settings.public_url.startswith("https:")
        return cls(
            own_origins=frozenset(own),
            allowed_origins=frozenset(map(origin_of, settings.allowed_origins.split())),
            frame_ancestors=tuple(settings.frame_ancestors.split()),
            is_secure=is_secure or settings.cookie_same_site == "none",
            same_site=_SAME_SITE[settings.cookie_same_site],
        )

    def may_change(self, method: str, headers: Mapping[str, str]) -> bool:
        """Whether a request with these headers may change anything. One without Origin comes from
        no page, unless the browser says that it comes from another site."""
        if method not in _STATE_CHANGING:
            return True
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") in _SAME_SITE_FETCHES
        return origin in self.own_origins or origin in self.allowed_origins

    def cors(self, origin: str | None) -> dict[str, str]:
        """Headers that let an allowed origin read the answer; none for any other."""
        if origin is None or origin not in self.allowed_origins:
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Expose-Headers": "Retry-After",
        }

    def preflight(self, origin: str | None) -> dict[str, str]:
        granted = self.cors(origin)
        if not granted:
            return {}
        return granted | {
            "Access-Control-Allow-Methods": "GET, POST, DELETE",
            "Access-Control-Allow-Headers": "Content-Type, Last-Event-ID",
            "Access-Control-Max-Age": "600",
        }

    def page_csp(self, *, may_be_framed: bool, may_leave_by_form: bool = False) -> str:
        """For pages: everything from here and nothing inline. A form whose answer leads to the
        billing system would be stopped by `form-action`, wherever that system is."""
        ancestors = ("'self'", *self.frame_ancestors) if may_be_framed else ("'none'",)
        form = "" if may_leave_by_form else " form-action 'self';"
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            " font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self';"
            f" base-uri 'none';{form} frame-ancestors {' '.join(ancestors)}"
        )

    def security_headers(self) -> dict[str, str]:
        """For every answer."""
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
            "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
        }
        if self.is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return headers


API_CSP = "default-src 'none'; frame-ancestors 'none'"


def origin_of(url: str) -> str:
    """Scheme, host and port, as a browser writes it in `Origin`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _bound_origins(settings: Settings) -> set[str]:
    """On one's own machine the gateway may be called by any of its loopback names."""
    host, port = settings.gateway_host, settings.gateway_port
    if host not in LOOPBACK and host not in ("0.0.0.0", "::"):  # noqa: S104
        return {f"http://{host}:{port}"}
    if (urlsplit(settings.public_url).hostname or "") not in ("127.0.0.1", "localhost", "::1"):
        return set()
    return {f"http://{name}:{port}" for name in LOOPBACK}

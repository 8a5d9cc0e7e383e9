"""Public posts by official or open routes only; one folder per network.

To add a network, copy a folder: ``client.py`` names the requests, ``mapping.py`` turns answers into
:class:`~crawlers.documents.SocialPost`. Where the service tells of one post by an open route, the
reader is a :class:`~crawlers.readers.reader.Rechecker` too, so that what its author deleted is not
kept. Nothing leaves a folder before its author is a pseudonym and its text is masked
(:func:`crawlers.documents.social_document`).
"""

from __future__ import annotations

from dataclasses import dataclass

from langnghe.source import SourceKind

UNPROVEN = "chưa kiểm chứng với máy chủ thật"


@dataclass(frozen=True)
class Network:
    """What a person must know before using a network: ``options`` it needs, whether by token.

    ``is_proven``: tried on the real service's own software or on answers recorded from it; others
    are off by default.
    """

    kind: SourceKind
    name: str
    options: tuple[str, ...]
    needs_token: bool
    is_proven: bool
    note: str = ""


NETWORKS: dict[SourceKind, Network] = {
    network.kind: network
    for network in (
        Network(SourceKind.YOUTUBE, "YouTube Data API v3", ("channel",), True, True),
        Network(
            SourceKind.FACEBOOK,
            "Facebook Graph API",
            ("page",),
            True,
            True,
            "chỉ trang do cơ quan quản lý, bằng mã truy cập của trang",
        ),
        Network(SourceKind.MASTODON, "Mastodon", ("tag",), False, False, UNPROVEN),
        Network(SourceKind.BLUESKY, "Bluesky", ("actor",), False, True),
        Network(SourceKind.REDDIT, "Reddit RSS", (), False, False, UNPROVEN),
        Network(SourceKind.TELEGRAM, "Telegram (kênh công khai)", (), False, False, UNPROVEN),
        Network(SourceKind.ZALO, "Zalo OA", (), True, False, UNPROVEN),
    )
}

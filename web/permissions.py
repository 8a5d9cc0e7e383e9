"""Who may open what: one table. A route that does not stand here is open to nobody."""

from __future__ import annotations

from dataclasses import dataclass

from langnghe.profile import ROLES


@dataclass(frozen=True)
class Access:
    """``is_public``: no login needed. Else one of ``roles``, with the second factor where it is
    asked for unless ``before_second_factor``."""

    roles: frozenset[str] = frozenset()
    is_public: bool = False
    before_second_factor: bool = False

    def allows(self, role: str) -> bool:
        """Return whether somebody signed in with ``role`` may come in."""
        return self.is_public or role in self.roles


def _for(*roles: str) -> Access:
    return Access(frozenset(roles))


PUBLIC = Access(is_public=True)
EVERYBODY = Access(frozenset(ROLES))
ACCOUNT = Access(frozenset(ROLES), before_second_factor=True)
ADMIN = _for("admin")
DESK = _for("admin", "analyst")
EDITORS = _for("admin", "analyst", "approver")
APPROVERS = _for("admin", "approver")
ANSWERING = _for("admin", "analyst", "approver", "spokesperson")
HEADS = _for("admin", "leader")
DECLARING = _for("admin", "approver", "leader")
EXPORTING = _for("admin", "analyst", "approver", "leader")

ROUTES: dict[str, Access] = {
    # Without login: the login itself, one-time links, signed links, the machine's own checks
    "login": PUBLIC,
    "one-time-link": PUBLIC,
    "acknowledge": PUBLIC,
    "healthz": PUBLIC,
    "websub": PUBLIC,
    "metrics": PUBLIC,
    # One's own account
    "logout": ACCOUNT,
    "second-factor": ACCOUNT,
    "second-factor-setup": ACCOUNT,
    "password": EVERYBODY,
    "quiet-hours": EVERYBODY,
    # Reading
    "room": EVERYBODY,
    "board": EVERYBODY,
    "wall": EVERYBODY,
    "documents": EVERYBODY,
    "document": EVERYBODY,
    "query-builder": EVERYBODY,
    "stories": EVERYBODY,
    "story": EVERYBODY,
    "trends": EVERYBODY,
    "alerts": EVERYBODY,
    "alert": EVERYBODY,
    "sources": EVERYBODY,
    "source": EVERYBODY,
    "feedback": EVERYBODY,
    "clocks": EVERYBODY,
    "clock-figures": EVERYBODY,
    "models": EVERYBODY,
    "silences": EVERYBODY,
    "crises": EVERYBODY,
    "crisis": EVERYBODY,
    "duty": EVERYBODY,  # to set it one needs "duty-remove"
    "drill": EVERYBODY,  # to start one, "drill-end"
    "announcements": EVERYBODY,
    "announcement": EVERYBODY,
    "rules": EVERYBODY,
    "digests": EVERYBODY,
    "digest-choice": EVERYBODY,
    "mail": EVERYBODY,  # a reader without "mails" may open digests alone
    "mail-body": EVERYBODY,
    "claims": EVERYBODY,
    "fact-checks": EVERYBODY,
    # Working
    "claim-confirm": EDITORS,
    "claim-approve": APPROVERS,
    "claim-reject": EDITORS,
    "fact-check-enter": EDITORS,
    "fact-check-approve": APPROVERS,
    "fact-check-withdraw": APPROVERS,
    "fact-check-drop": EDITORS,
    "mails": EDITORS,
    "mail-resend": DESK,
    "alert-acknowledge": ANSWERING,
    "alert-assign": EDITORS,
    "alert-resolve": ANSWERING,
    "alert-silence": EDITORS,
    "alert-real": ANSWERING,
    "crisis-declare": DECLARING,
    "crisis-cover": DECLARING,
    "crisis-place": DECLARING,
    "crisis-prolong": DECLARING,
    "crisis-end": DECLARING,
    "silence-add": EDITORS,
    "silence-end": EDITORS,
    "duty-copy": EDITORS,
    "duty-remove": EDITORS,
    "drill-end": HEADS,
    "documents-export": EXPORTING,
    "document-label": EDITORS,
    "own-topics": DESK,
    "own-topic-retire": DESK,
    "story-merge": DESK,
    "story-split": DESK,
    "story-move": DESK,
    "story-move-undo": DESK,
    "story-rename": DESK,
    "story-pin": DESK,
    "source-switch": DESK,
    "feedback-assign": EDITORS,
    "feedback-answer": ANSWERING,
    "feedback-close": EDITORS,
    "clock-start": ANSWERING,
    "clock-stop": ANSWERING,
    "press-add": ANSWERING,
    "announcement-new": ANSWERING,
    "announcement-change": ANSWERING,
    "announcement-remove": EDITORS,
    "rule": DESK,
    "rule-new": DESK,
    "rule-switch": DESK,
    "digest-draft": EDITORS,
    "source-find": DESK,
    "source-found": DESK,
    "source-add": DESK,
    "source-network": DESK,
    "source-token": DESK,
    "document-add": ANSWERING,
    "imports": DESK,
    "import": DESK,
    "import-mapping": DESK,
    "import-run": DESK,
    "import-stop": DESK,
    "import-errors": DESK,
    "quarantine": DESK,
    "quarantine-decide": DESK,
    # Administration
    "sample-day": ADMIN,
    "audit": ADMIN,
    "users": ADMIN,
    "user-invite": ADMIN,
    "user-change": ADMIN,
    "user-digests": ADMIN,
    "user-switch": ADMIN,
    "document-remove": ADMIN,
}


def access_to(route: str | None) -> Access | None:
    """Return who may open ``route``, None for an unknown one."""
    return ROUTES.get(route or "")


# A session that was hung on the wall shows the board for weeks, and can do nothing else.
WALL = frozenset({"room", "board", "logout"})
# They show everything at once, which nobody limited to departments or communes may see.
WHOLE_ONLY = frozenset(
    [
        "mails",
        "mail",
        "mail-body",
        "mail-resend",
        "digests",
        "quarantine",
        "quarantine-decide",
        "digest-draft",
        "own-topics",
        "own-topic-retire",
        "rule",
        "rule-new",
        "rule-switch",
        "silence-add",
        "crisis-declare",
        "crisis-cover",
        "crisis-place",
        "crisis-prolong",
        "crisis-end",
        "duty-copy",
        "duty-remove",
        "drill-end",
        "imports",
        "import",
        "import-mapping",
        "import-run",
        "import-stop",
        "import-errors",
    ]
)


def allowed_routes(role: str, *, is_limited: bool = False) -> frozenset[str]:
    """Return the routes that ``role`` may open; the same set makes menus and buttons."""
    routes = frozenset(name for name, access in ROUTES.items() if access.allows(role))
    return routes - WHOLE_ONLY if is_limited else routes

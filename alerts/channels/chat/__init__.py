"""Chat rooms through apprise: Telegram, Microsoft Teams, Slack and whatever else it speaks."""

from alerts.channels.chat.room import ALLOWED_SCHEMES, ChatChannel

__all__ = ["ALLOWED_SCHEMES", "ChatChannel"]

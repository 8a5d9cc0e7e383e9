"""A signed webhook: JSON by POST, with an HMAC-SHA256 signature that the receiver can check."""

from alerts.channels.webhook.post import WebhookChannel, signature

__all__ = ["WebhookChannel", "signature"]

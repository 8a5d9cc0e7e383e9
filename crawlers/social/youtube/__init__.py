"""YouTube Data API v3: a channel's uploads and the comments under the newest ones."""

"""Bluesky: an account's public posts, and what others answered, by the AT Protocol."""

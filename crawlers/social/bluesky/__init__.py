"""Bluesky: an account's public posts by the AT Protocol. Chưa kiểm chứng với máy chủ thật."""

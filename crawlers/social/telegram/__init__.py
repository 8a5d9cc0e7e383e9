"""Telegram: the open preview of a public channel. Chưa kiểm chứng với máy chủ thật."""

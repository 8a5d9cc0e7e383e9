"""Mastodon: public posts under a hashtag of one server. Chưa kiểm chứng với máy chủ thật."""

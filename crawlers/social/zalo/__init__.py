"""Zalo Official Account: the office's own articles. Chưa kiểm chứng với máy chủ thật."""

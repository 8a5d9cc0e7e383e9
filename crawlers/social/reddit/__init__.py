"""Reddit's RSS of a community; its robots.txt decides. Chưa kiểm chứng với máy chủ thật."""

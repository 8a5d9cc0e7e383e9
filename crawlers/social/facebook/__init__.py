"""Facebook Graph API: pages that the office manages, by the page's own token."""

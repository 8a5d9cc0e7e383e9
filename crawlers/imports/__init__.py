"""Documents from files: a vendor's export, an older system, a colleague's table."""

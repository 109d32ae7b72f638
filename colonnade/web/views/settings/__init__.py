"""What people arrange for themselves, and what admins arrange for all: one page a section, with a list beside it."""

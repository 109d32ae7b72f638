"""Django's SQLite backend with our manners: how it opens a file and how it waits for the one write lock."""

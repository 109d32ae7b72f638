"""Words and phrases: what is searched, and how each database is asked. The full language is listening's."""

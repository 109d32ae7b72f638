"""Search in the language of stored queries: compiled for the indexes, checked where they cannot say it, marked where it stands."""

"""What programs send and get: wire formats, and how the rooms' values become them. Ids are strings."""

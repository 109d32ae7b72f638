"""What a search asks, as plain values, and how each index is asked. The language itself is listening's."""

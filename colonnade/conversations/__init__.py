"""What was said: posts, conversations, marks, readers.

Owns the heart: exactly one function creates a post (`actions.receive`) and exactly one selects them
(`queries.visible_to`, whose twin for one thing is `rules.visible`). Refuses to know why anybody reads them.
"""

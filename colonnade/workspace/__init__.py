"""What one member arranges: columns, saved views, notices, preferences; shows the audit log.

Owns arrangement alone. Refuses to own anything that another member depends on.
"""

"""The door for push: a bare ASGI app that says where to look, never what.

Owns open streams. Refuses Django's ORM and the content of posts.
"""

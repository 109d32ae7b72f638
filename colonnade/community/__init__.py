"""Kinds of space (help, ideas, debate, project, learning, peer, news, articles, events, chat) and their rules.

Owns what is particular to each kind. Refuses to store posts of its own: they are conversations.
"""

"""Newsletters by an address of ours: a letter that comes in for it, as a post of that source.

Owns what a letter of a list is beside its words: the link that asks to be pressed before anything comes, the link that ends
it, the page on which it stands in public. Refuses to press any of them, and to fetch anything.
"""

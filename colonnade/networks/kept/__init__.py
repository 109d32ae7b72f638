"""What people of the house keep by hand of pages elsewhere: an address, a title, the words that they had chosen.

Owns the form in which such a page is handed in, and its one name. Refuses to fetch it: what is kept is what somebody saw.
"""

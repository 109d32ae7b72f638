"""What a browser carries for us between the page and its push stream: the channel token and the cursor, both sealed.

The door that makes pages writes them and the door that pushes reads them; since no door imports another, they stand
here. No look at the database.
"""

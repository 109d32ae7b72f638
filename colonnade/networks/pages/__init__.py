"""Web pages watched for change: what a reader would read on them, line by line, and what is different since last time.

Owns fetching politely, taking the readable lines out of a page, telling a difference from noise, and the words in which
it is told. Refuses to run scripts, and to read more of a page than its words.
"""

"""A make-believe network: accounts, posts, replies, direct messages and marks, in memory, in a file or as a server.

Owns the world that first run, demo and tests talk to, so that none of them needs an account anywhere. It plays
scripted or recorded posts at any speed and fails on purpose. Refuses to reach further than this machine: what is
said here stays here.
"""

NETWORK, DRILLS = "pretend", "drill"
"""Its name, and the one of its worlds in which drills are played: whoever speaks there is nobody."""

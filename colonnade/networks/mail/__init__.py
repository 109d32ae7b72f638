"""Mail: sent through the organisation's own relay, read as it comes in.

Owns what a message looks like on the wire in both directions. Refuses to be a mail server: the relay queues, signs
and bounces. Outgoing connections go to the relay alone, which an administrator names; that is why, unlike web
addresses, it may lie in a private network.
"""

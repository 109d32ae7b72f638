"""The first ten minutes: Port Alder, a town with a ferry and an old bridge, and its story with a clock.

Owns who lives there, what is said in the town's own spaces, and the quiet days before; the network's side is played by
`networks/pretend`. Writes nothing but through the rooms, as people would. Refuses to reach further than this machine.
"""

"""Ids, clock, text, states: pure functions and small types.

Owns what every storey may use and that knows neither database, network nor Django. Refuses anything that does I/O
or that carries a noun of the product.
"""

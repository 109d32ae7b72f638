"""Charts that are taken out of the house: as PNG, SVG, PDF and CSV, drawn from the same `Chart` that its page shows.

`take` is where a chart can be had, `plate` what is told beside it, `paint` its colours, `ground` and `shapes` draw it,
`sheet` is the whole picture with its title, its source and whose house it is, `files` makes the files.
"""

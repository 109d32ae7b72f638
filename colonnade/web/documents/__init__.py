"""Documents for paper, A4 as PDF: a briefing, a finding, the notes from shift to shift.

Each is made of `blocks`, plain values that `document.typ` sets; `sheets` says which blocks each has, `set` makes the file.
"""

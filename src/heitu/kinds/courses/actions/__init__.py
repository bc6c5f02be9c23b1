"""Every write of this package, by subject; each is atomic, audited, and says who (`by`) and when (`now`).

`packs` stands apart: it brings docutils along, which only loading needs.
"""

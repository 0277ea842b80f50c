"""The numerics: NumPy, SciPy and Numba in, frozen dataclasses out. No Django, no database: usable as a library.

Modules by noun; import the one that is needed, e.g. ``from linli.methods import counts, discovery``.
Everything here is deterministic. Arrays are ordered weeks, grids, matters; NaN means "cannot be judged", never zero.
"""

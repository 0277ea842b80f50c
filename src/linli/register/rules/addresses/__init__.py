"""Reads an address as people write it and finds its building among those that are known.

Chinese (桐荫路18弄柳荫苑3号楼2单元501室, 柳荫苑3-2-501, full-width digits, 三号楼, 3栋, 3幢, 3#) and Latin (Willow Court 3-2-501,
12 Mill Lane, Bldg 3 Unit 2 Room 501). What isn't certain is not guessed: no building is found, and the reason is given.
See docs/reference/addresses.md.
"""

from __future__ import annotations

from linli.register.rules.addresses.aliases import Aliases, Learned, Target
from linli.register.rules.addresses.index import Index
from linli.register.rules.addresses.places import Doors, Found, How, Parsed, Place, Reason
from linli.register.rules.addresses.signs import normalise

__all__ = ["Aliases", "Doors", "Found", "How", "Index", "Learned", "Parsed", "Place", "Reason", "Target", "normalise"]

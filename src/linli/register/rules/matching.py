"""Who on the register a row speaks of: by number, else by document, by the source's own file number, by name, birth and building.

Never by an empty number, and never by likeness alone: where two could be meant, neither is.
"""

from __future__ import annotations

from collections.abc import Sequence

from linli.kernel.words import Words, sentence
from linli.register.rules.checking import Refusal
from linli.register.rules.entries import Entry
from linli.register.rules.masking import masked_number
from linli.register.rules.standing import Known, Standing

OTHER_NAME = sentence("register.refused.other_name", "This number stands on the register with another name.")
SEVERAL = sentence("register.refused.several", "Several people on the register could be meant.")
SAME_PERSON = sentence(
    "register.remedy.same_person", "Ask for the document; if it is the same person, correct the name on the register first."
)
TELL_APART = sentence("register.remedy.tell_apart", "Give the identity number, so that they can be told apart.")


def one_sign_apart(first: str, second: str) -> bool:
    """Whether one sign put in, left out or mistaken makes one name of the other."""
    if first == second or abs(len(first) - len(second)) > 1:
        return False
    if len(first) == len(second):
        return sum(a != b for a, b in zip(first, second, strict=True)) == 1
    short, long = sorted((first, second), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def match(entry: Entry, standing: Standing) -> Known | Refusal | None:
    """The person meant, None for somebody new, or why it can't be said."""
    said = entry.number or entry.document_number
    # A number that was corrected may be somebody else's: it means the former bearer under the same name alone.
    former = [known for known in standing.by_former.get(said, []) if known.name == entry.name] if said else []
    bears = {known.id for known in standing.by_number.get(said, []) if known.name == entry.name}
    if len(former) == 1 and not bears:
        return former[0]
    if entry.number:
        holders = standing.by_number.get(entry.number, [])
        if holders:
            return _of_holders(entry, holders)
        return _by_register_no(entry, standing) or _unnumbered(entry, standing)
    if entry.document_number:
        holders = standing.by_document.get((entry.document_kind, entry.document_number), [])
        if holders:
            return _of_holders(entry, holders)
        return _by_register_no(entry, standing)
    return _by_register_no(entry, standing) or _unnumbered(entry, standing)


def _of_holders(entry: Entry, holders: Sequence[Known]) -> Known | Refusal:
    same = [known for known in holders if known.name == entry.name]
    if len(same) == 1:
        return same[0]
    if not same:
        near = [k for k in holders if one_sign_apart(k.name, entry.name) and k.birth_date == entry.birth_date]
        if len(near) == 1 and len(holders) == 1:
            return near[0]
    shown = masked_number(entry.number or entry.document_number)
    if len(same) > 1:
        return Refusal(Words(SEVERAL), Words(TELL_APART), "number", shown)
    return Refusal(Words(OTHER_NAME), Words(SAME_PERSON), "number", shown)


def _by_register_no(entry: Entry, standing: Standing) -> Known | None:
    """The source's own file number, where name or birth date agree too. It may bring a number, and correct a wrong one."""
    if not entry.register_no:
        return None
    holders = standing.by_register_no.get(entry.register_no, [])
    both = [k for k in holders if k.birth_date == entry.birth_date and k.name == entry.name]
    if len(both) == 1:
        return both[0]
    free = [k for k in holders if not k.number or not entry.number]
    near = [k for k in free if k.birth_date == entry.birth_date and one_sign_apart(k.name, entry.name)]
    renamed = near or [k for k in free if k.birth_date == entry.birth_date and k.sex == entry.sex]
    return renamed[0] if len(renamed) == 1 else None


def _unnumbered(entry: Entry, standing: Standing) -> Known | Refusal | None:
    """Same name, same birth date, same building (or gone from one), where the row or the register lacks a number."""
    candidates = [k for k in standing.by_trait.get((entry.name, entry.birth_date), []) if k.sex == entry.sex]
    if entry.number:
        candidates = [k for k in candidates if not k.number and not k.document_number]
    if not candidates:
        return None
    building = entry.found.building if entry.found else None
    # A row that says somebody left may give the new address, so there the building is not asked for.
    here = [k for k in candidates if k.residence is not None and building in (None, k.building)]
    if entry.register_no:
        here = [k for k in here if k.register_no in ("", entry.register_no)]
    if len(here) == 1:
        return here[0]
    if len(here) > 1:
        return Refusal(Words(SEVERAL), Words(TELL_APART), "name")
    gone = [k for k in candidates if k.residence is None and k.died_on is None]
    if entry.register_no:
        gone = [k for k in gone if k.register_no in ("", entry.register_no)]
    return gone[0] if len(gone) == 1 else None

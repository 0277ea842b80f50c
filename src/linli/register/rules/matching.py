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
    """The person meant, None for somebody new, or why it can't be said.

    A record beside another one of the same person means that one, which leads; ``entry.through`` is then the record itself.
    """
    found = _match(entry, standing)
    entry.through = None
    if not isinstance(found, Known) or found.id not in standing.leads:
        return found
    entry.through = found
    return standing.people[standing.leads[found.id]]


def _only(holders: Sequence[Known], standing: Standing) -> Known | None:
    """The one of them, where all are one person; the record that leads rather than one beside it."""
    whom = {standing.leads.get(known.id, known.id) for known in holders}
    if len(whom) != 1:
        return None
    return next((known for known in holders if known.id in whom), holders[0])


def _match(entry: Entry, standing: Standing) -> Known | Refusal | None:
    said = entry.number or entry.document_number
    # A number that was corrected may be somebody else's: it means the former bearer under the same name alone.
    former = [known for known in standing.by_former.get(said, []) if known.name == entry.name] if said else []
    bears = {known.id for known in standing.by_number.get(said, []) if known.name == entry.name}
    if former and not bears and (known := _only(former, standing)) is not None:
        return known
    if entry.number:
        holders = standing.by_number.get(entry.number, [])
        if holders:
            return _of_holders(entry, holders, standing)
        return _by_register_no(entry, standing) or _unnumbered(entry, standing)
    if entry.document_number:
        holders = standing.by_document.get((entry.document_kind, entry.document_number), [])
        if holders:
            return _of_holders(entry, holders, standing)
        return _by_register_no(entry, standing)
    return _by_register_no(entry, standing) or _unnumbered(entry, standing)


def _of_holders(entry: Entry, holders: Sequence[Known], standing: Standing) -> Known | Refusal:
    same = [known for known in holders if known.name == entry.name]
    if (one := _only(same, standing)) is not None:
        return one
    if not same and _only(holders, standing) is not None:
        near = [k for k in holders if one_sign_apart(k.name, entry.name) and k.birth_date == entry.birth_date]
        if near:
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
    if (one := _only(both, standing)) is not None:
        return one
    free = [k for k in holders if not k.number or not entry.number]
    near = [k for k in free if k.birth_date == entry.birth_date and one_sign_apart(k.name, entry.name)]
    renamed = near or [k for k in free if k.birth_date == entry.birth_date and k.sex == entry.sex]
    return _only(renamed, standing)


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
    if (one := _only(here, standing)) is not None:
        return one
    if len(here) > 1:
        return Refusal(Words(SEVERAL), Words(TELL_APART), "name")
    gone = [k for k in candidates if k.residence is None and k.died_on is None]
    if entry.register_no:
        gone = [k for k in gone if k.register_no in ("", entry.register_no)]
    return _only(gone, standing)

"""Every write to the territory."""

from __future__ import annotations

from linli.territory.commands.asking import ask_check
from linli.territory.commands.communities import add_community, record_area
from linli.territory.commands.drafts import (
    ask_proposal,
    begin_draft,
    cancel_proposal,
    discard_draft,
    end_proposal,
    import_draft,
    lay_cells,
    set_goals,
    take_proposal,
)
from linli.territory.commands.drawing import (
    allow_fault,
    draw_line,
    lock_part,
    merge_parts,
    move_cells,
    redo_step,
    split_part,
    undo_step,
)
from linli.territory.commands.duties import (
    assign_building_head,
    assign_worker,
    end_duty,
    set_duty_phone,
    set_supervision_phone,
)
from linli.territory.commands.dwellings import add_dwelling, add_dwellings, drop_dwellings, import_dwellings
from linli.territory.commands.files import import_territory
from linli.territory.commands.grids import grid_from_points
from linli.territory.commands.publishing import check_draft, publish_grids, reopen_draft, withdraw_grids
from linli.territory.reports import NewDwelling

__all__ = [
    "NewDwelling",
    "add_community",
    "add_dwelling",
    "add_dwellings",
    "allow_fault",
    "ask_check",
    "ask_proposal",
    "assign_building_head",
    "assign_worker",
    "begin_draft",
    "cancel_proposal",
    "check_draft",
    "discard_draft",
    "draw_line",
    "drop_dwellings",
    "end_duty",
    "end_proposal",
    "grid_from_points",
    "import_draft",
    "import_dwellings",
    "import_territory",
    "lay_cells",
    "lock_part",
    "merge_parts",
    "move_cells",
    "publish_grids",
    "record_area",
    "redo_step",
    "reopen_draft",
    "set_duty_phone",
    "set_goals",
    "set_supervision_phone",
    "split_part",
    "take_proposal",
    "undo_step",
    "withdraw_grids",
]

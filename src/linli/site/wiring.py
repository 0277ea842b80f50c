"""What joins the flats, written out: nothing is discovered by magic.

A flat declares instances of low types (``facts.Table``, ``facts.Signal``, ``intake.Kind``); here they are handed to the package
that uses them.
"""

from __future__ import annotations


def connect() -> None:
    """Called once when the application registry stands."""
    from linli import facts, intake, work
    from linli.cases import facts as cases_facts
    from linli.cases import kinds as cases_kinds
    from linli.cases import signals as cases_signals
    from linli.flows import facts as flows_facts
    from linli.flows import kinds as flows_kinds
    from linli.flows import signals as flows_signals
    from linli.intake.retention import RETAINED as INTAKE_RETAINED
    from linli.intake.store import rewrap_kept
    from linli.monday import jobs as monday_jobs
    from linli.register import columns as register_columns
    from linli.register import facts as register_facts
    from linli.register import imports as register_imports
    from linli.register import jobs as register_jobs
    from linli.register import signals as register_signals
    from linli.register.commands.needs import ON_WITHDRAWN
    from linli.register.commands.ties import LETTERS_JOB
    from linli.register.portable import PORTABLE as REGISTER_PORTABLE
    from linli.register.queries.mine import SPEAKS
    from linli.register.queries.subjects import KNOWS, NUMBERS_OF
    from linli.register.retained import RETAINED as REGISTER_RETAINED
    from linli.territory import jobs as territory_jobs
    from linli.territory.queries.communities import CLOCK
    from linli.territory.rules.proposals import DRAFTS_JOB
    from linli.trust import offer_people, offer_speaker, offer_zones, on_marking, on_rotated, on_withdrawn
    from linli.trust.chain.jobs import DAILY, seal_daily
    from linli.trust.keyring.jobs import DAILY as PRUNING
    from linli.trust.keyring.jobs import prune_kept
    from linli.trust.retention.own import RETAINED
    from linli.trust.retention.registry import offer_retained
    from linli.trust.retention.running import WEEKLY, weekly
    from linli.trust.rights.own import PORTABLE
    from linli.trust.rights.registry import offer_portable
    from linli.trust.sealing import own as trust_columns

    for kind in (register_imports.POPULATION, *flows_kinds.KINDS, *cases_kinds.KINDS):
        intake.offer(kind)
    for table in (*register_facts.TABLES, *flows_facts.TABLES, *cases_facts.TABLES):
        facts.offer_table(table)
    for signal in (*register_signals.SIGNALS, *flows_signals.SIGNALS, *cases_signals.SIGNALS):
        facts.offer_signal(signal)
    work.offer_job("monday", monday_jobs.monday)
    work.offer_job("audit.seal", seal_daily, cron=DAILY)
    work.offer_job("keys.prune", prune_kept, cron=PRUNING)
    for retained in (*RETAINED, *INTAKE_RETAINED, *REGISTER_RETAINED):
        offer_retained(retained)
    work.offer_job("retention", weekly, cron=WEEKLY)
    work.offer_job(LETTERS_JOB, register_jobs.letters)
    work.offer_job(DRAFTS_JOB, territory_jobs.drafts)
    work.offer_job("register.sweep", register_jobs.sweep_weekly, cron=register_jobs.WEEKLY)
    for portable in (PORTABLE, REGISTER_PORTABLE):
        offer_portable(portable)
    offer_people(KNOWS)
    offer_speaker(SPEAKS)
    offer_zones(CLOCK)
    on_withdrawn(*ON_WITHDRAWN)
    on_marking(NUMBERS_OF)
    on_rotated(rewrap_kept)
    register_columns.declare_sealed()
    trust_columns.declare_sealed()
    _connect_pages()


def _connect_pages() -> None:
    """What upper flats show on the pages of lower ones, and what lower ones show on the pages of focus."""
    from linli.cases.web import sections as cases_sections
    from linli.flows.web import sections as flows_sections
    from linli.focus.web import sections as focus_sections
    from linli.monday import queries as monday
    from linli.register.web import sections as register_sections
    from linli.register.web import signing as register_signing
    from linli.territory.rules.sections import offer_section

    for section in (*register_sections.SECTIONS, cases_sections.GRID_SECTION, flows_sections.GRID_SECTION):
        offer_section(section)
    register_signing.offer_sign_off(monday.SIGNED_OFF)
    focus_sections.offer(
        focus_sections.Section("cases.reports", "cases/desk/finding_section.html", "case.read", cases_sections.reports_of_finding)
    )

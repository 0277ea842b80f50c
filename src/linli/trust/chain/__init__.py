"""The chain over the audit trail: sealed daily, signed, and open to anybody's check.

Commands only insert events (:mod:`linli.trust.audit`). A job seals those that wait into blocks (``sealing``), each event's link
resting on the one before (``links``), and signs the end of the day (``heads``, ``keys``). ``verify`` tells what holds.
"""

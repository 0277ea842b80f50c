"""Trust's pages: the page decorator, the viewer of a request, choosing a role, the audit page."""

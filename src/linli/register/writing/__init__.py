"""How rows are written inside a command: no transaction, permission or audit of their own. Only commands call what is here."""

"""Backups: the records in one archive, the keys that open them in others, so that neither alone tells anything of anybody."""

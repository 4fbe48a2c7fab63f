"""Errors that are the user's to mend: shown as one line, without a trace."""


class UserError(Exception):
    """What is wrong and how to mend it, in one line."""

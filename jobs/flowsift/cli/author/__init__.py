"""Commands for whoever writes analyses."""

"""Association rules, and what changes in them."""

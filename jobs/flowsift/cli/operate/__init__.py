"""Commands for whoever runs them over traffic."""

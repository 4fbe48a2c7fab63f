"""Functions for SQL that run in the JVM, on every record; Java sources, compiled with the format at start."""

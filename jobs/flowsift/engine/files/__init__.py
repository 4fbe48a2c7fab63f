"""The connector of recorded files in Java, which lists and opens them itself. `engine.flink.format_jar` compiles it."""

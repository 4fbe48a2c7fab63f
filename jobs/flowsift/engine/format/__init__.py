"""The accounted format in Java: Flink takes formats in no other language. `engine.flink.format_jar` compiles it."""

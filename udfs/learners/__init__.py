"""What is learned from one row to the next, kept in Flink's state as plain data."""

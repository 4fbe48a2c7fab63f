-- What could not be used, why, and its text.
-- grain:  one row per dead record, and per line or element of an array that is none
-- columns: record_source     topic, or path of the file
-- columns: record_partition  partition of the topic; NULL for files
-- columns: record_offset     offset in the partition; in a file the octet, uncompressed, at which the line begins
-- columns: record_time       time of the record in Kafka; NULL for files
-- columns: number_in_message  which of the records of its message it is, from 0; in a file a line is a message
-- columns: reject_reason     what is wrong with it, the first fault that was found
-- columns: raw_text          the record as it came, at most its first 65,536 characters
-- columns: raw_octets        octets of all of it
-- sink:   every run
-- misses: nothing; what is neither here nor in late_flows is in every analysis
CREATE VIEW dead_letters AS
SELECT
  record_source,
  record_partition,
  record_offset,
  record_time,
  number_in_message,
  reject_reason,
  SUBSTRING(raw_line, 1, 65536) AS raw_text,
  raw_octets
FROM records
WHERE reject_reason IS NOT NULL

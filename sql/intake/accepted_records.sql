-- The records behind `flows`, with no more than the ledger needs: what `flows` converts would be converted for nothing.
-- grain:  one row per accepted record
CREATE VIEW accepted_records AS
SELECT
  flow_end,
  record_time
FROM records
WHERE reject_reason IS NULL AND NOT is_late

-- How even the gaps and the sizes of one host's flows to another are.
CREATE TEMPORARY FUNCTION beacon_regularity AS 'udfs.beacons.beacon_regularity' LANGUAGE PYTHON

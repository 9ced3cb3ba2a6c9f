-- +goose Up

-- Equality beside ranges in one index is what btree_gist brings. Servers and packages that migrate at once make it one after the other.
SELECT pg_advisory_xact_lock(7021196004);
-- +goose StatementBegin
DO $$
BEGIN
	CREATE EXTENSION IF NOT EXISTS btree_gist;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
	RAISE EXCEPTION 'the extension btree_gist is missing: have an administrator install it and run CREATE EXTENSION btree_gist in this database'
		USING ERRCODE = 'insufficient_privilege';
END
$$;
-- +goose StatementEnd

-- The units that a booking holds, numbered from 1: none for one that holds nothing, or whose time is over. Two bookings that hold
-- never have a unit of a resource at one instant, whatever any program does.
ALTER TABLE {booking} ADD COLUMN units INT8MULTIRANGE NOT NULL DEFAULT '{}';
ALTER TABLE {booking} ADD CONSTRAINT {#booking_taken} EXCLUDE USING gist (
	tenant WITH =, resource WITH =, int8range(starts, ends, '[)') WITH &&, units WITH &&
) WHERE (status IN ('created', 'validated'));

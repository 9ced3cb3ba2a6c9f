-- +goose Up

-- Resources. The row is locked by who books: shared for one unit, for itself alone otherwise. One that is deleted stays, gone, for the
-- bookings that were made of it.
CREATE TABLE {booking_resource} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	establishment TEXT NOT NULL,
	version BIGINT NOT NULL,
	gone BIGINT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX {#booking_resource_establishment} ON {booking_resource} (tenant, establishment);

-- Bookings: local times as texts, their zone, and the instants that follow.
CREATE TABLE {booking} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	resource TEXT NOT NULL,
	owner TEXT NOT NULL,
	starts BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	starts_local TEXT NOT NULL,
	ends_local TEXT NOT NULL,
	zone TEXT NOT NULL,
	quantity BIGINT NOT NULL,
	label TEXT NOT NULL,
	status TEXT NOT NULL,
	moderator TEXT NOT NULL,
	reason TEXT NOT NULL,
	series TEXT NOT NULL,
	made BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant, id),
	CHECK (starts < ends)
);
CREATE INDEX {#booking_ends} ON {booking} (tenant, resource, ends);
CREATE INDEX {#booking_owner} ON {booking} (tenant, owner);
CREATE INDEX {#booking_series} ON {booking} (tenant, series) WHERE series <> '';

-- Accounts that were merged: whoever reads gone finds kept.
CREATE TABLE {booking_merge} (
	tenant TEXT NOT NULL,
	gone TEXT NOT NULL,
	kept TEXT NOT NULL,
	PRIMARY KEY (tenant, gone)
);

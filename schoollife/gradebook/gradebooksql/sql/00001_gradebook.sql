-- +goose Up

-- Terms: a class in a period. The row is locked by who writes under it.
CREATE TABLE {gradebook_term} (
	tenant TEXT NOT NULL,
	class TEXT NOT NULL,
	period TEXT NOT NULL,
	version BIGINT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, class, period)
);

-- What a term was, and who made it so.
CREATE TABLE {gradebook_term_change} (
	tenant TEXT NOT NULL,
	class TEXT NOT NULL,
	period TEXT NOT NULL,
	version BIGINT NOT NULL,
	writer TEXT NOT NULL,
	written BIGINT NOT NULL,
	why TEXT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, class, period, version)
);
CREATE INDEX {#gradebook_term_change_writer} ON {gradebook_term_change} (tenant, writer);

-- Entries are added, never changed: two who write at once cannot both add a version, which is what keeps a mark from being
-- lost. origin is the pupil whom the entry was written on, who differs from pupil after a merge.
CREATE TABLE {gradebook_entry} (
	tenant TEXT NOT NULL,
	period TEXT NOT NULL,
	teaching TEXT NOT NULL,
	kind TEXT NOT NULL,
	object TEXT NOT NULL,
	item TEXT NOT NULL,
	pupil TEXT NOT NULL,
	origin TEXT NOT NULL,
	version BIGINT NOT NULL,
	class TEXT NOT NULL,
	epoch BIGINT NOT NULL,
	doc TEXT NOT NULL,
	writer TEXT NOT NULL,
	written BIGINT NOT NULL,
	why TEXT NOT NULL,
	PRIMARY KEY (tenant, period, teaching, kind, object, item, pupil, origin, version)
);
CREATE INDEX {#gradebook_entry_pupil} ON {gradebook_entry} (tenant, pupil, period);
CREATE INDEX {#gradebook_entry_writer} ON {gradebook_entry} (tenant, writer);

-- Merges that were done, so that they can be undone.
CREATE TABLE {gradebook_merge} (
	tenant TEXT NOT NULL,
	kept TEXT NOT NULL,
	gone TEXT NOT NULL,
	PRIMARY KEY (tenant, kept, gone)
);

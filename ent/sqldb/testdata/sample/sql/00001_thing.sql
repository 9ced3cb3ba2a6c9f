-- +goose Up
CREATE TABLE {thing} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	number BIGINT NOT NULL,
	CONSTRAINT {#thing_key} PRIMARY KEY (tenant, id)
);

-- The columns of a person's row, to load many.
CREATE TABLE {row} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	family TEXT,
	given TEXT,
	birth TEXT,
	mail TEXT,
	profile TEXT,
	establishment TEXT,
	level TEXT,
	source TEXT,
	created BIGINT,
	seen BIGINT,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX {#row_establishment} ON {row} (tenant, establishment);
CREATE INDEX {#row_family} ON {row} (tenant, family);

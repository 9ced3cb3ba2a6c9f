-- +goose Up

-- By which key each origin names whom. What was last applied of a key stands in the document of {person}.
CREATE TABLE {person_key} (
	tenant TEXT NOT NULL,
	origin TEXT NOT NULL,
	category TEXT NOT NULL,
	key TEXT NOT NULL,
	person TEXT NOT NULL,
	PRIMARY KEY (tenant, origin, category, key)
);

-- Which pupils are tied to which relative, and which ties wait for whom.
CREATE TABLE {kin} (
	tenant TEXT NOT NULL,
	relative TEXT NOT NULL,
	pupil TEXT NOT NULL,
	PRIMARY KEY (tenant, relative, pupil)
);

-- The words by which a person is found, in each establishment and, under '', everywhere.
CREATE TABLE {found} (
	tenant TEXT NOT NULL,
	establishment TEXT NOT NULL,
	-- Bytes, not words of a language: a prefix is then a range of the index, whatever the collation of the database.
	word TEXT COLLATE "C" NOT NULL,
	person TEXT NOT NULL,
	profile TEXT NOT NULL,
	PRIMARY KEY (tenant, establishment, profile, word, person)
);
CREATE INDEX {#found_person} ON {found} (tenant, person);

-- What a night reads of everybody: many marks in one row, by a hash of the key. {person} says the same.
CREATE TABLE {mark} (
	tenant TEXT NOT NULL,
	origin TEXT NOT NULL,
	page BIGINT NOT NULL,
	data BYTEA NOT NULL,
	PRIMARY KEY (tenant, origin, page)
);
-- Hashes and identifiers do not shrink: trying costs more than reading.
ALTER TABLE {mark} ALTER COLUMN data SET STORAGE EXTERNAL;

-- +goose Up

-- Everybody. What is looked for has a column; the rest is in doc, a JSON document.
CREATE TABLE {person} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	category TEXT NOT NULL,
	state TEXT NOT NULL,
	since TEXT,
	name_key TEXT NOT NULL,
	ine TEXT,
	login TEXT,
	activated BOOLEAN NOT NULL,
	blocked BOOLEAN NOT NULL,
	version BIGINT NOT NULL,
	-- The plan that created the person, 0 when none did.
	plan BIGINT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX {#person_name} ON {person} (tenant, name_key);
CREATE UNIQUE INDEX {#person_login} ON {person} (tenant, login) WHERE login IS NOT NULL;
CREATE INDEX {#person_ine} ON {person} (tenant, ine) WHERE ine IS NOT NULL;
CREATE INDEX {#person_state} ON {person} (tenant, state) WHERE state <> 'active';
CREATE INDEX {#person_plan} ON {person} (tenant, plan) WHERE plan <> 0;

-- Establishments, classes and groups.
CREATE TABLE {place} (
	tenant TEXT NOT NULL,
	kind TEXT NOT NULL,
	id TEXT NOT NULL,
	establishment TEXT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, kind, id)
);
CREATE TABLE {place_key} (
	tenant TEXT NOT NULL,
	origin TEXT NOT NULL,
	key TEXT NOT NULL,
	place TEXT NOT NULL,
	rank BIGINT NOT NULL,
	PRIMARY KEY (tenant, origin, key)
);

-- The last feed of each origin, and the plan that applied it.
CREATE TABLE {feed} (
	tenant TEXT NOT NULL,
	origin TEXT NOT NULL,
	day TEXT,
	academy TEXT NOT NULL,
	degree TEXT NOT NULL,
	context TEXT NOT NULL,
	plan BIGINT NOT NULL,
	PRIMARY KEY (tenant, origin)
);

-- The plans applied, and what undoes the last one.
CREATE TABLE {plan} (
	tenant TEXT NOT NULL,
	id BIGINT NOT NULL,
	origin TEXT NOT NULL,
	at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	-- Until when it may be undone.
	until BIGINT NOT NULL,
	undone BOOLEAN NOT NULL,
	report TEXT NOT NULL,
	-- What the directory was before, but for persons: places and the feed.
	before TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE TABLE {undo} (
	tenant TEXT NOT NULL,
	plan BIGINT NOT NULL,
	person TEXT NOT NULL,
	-- The version that the plan left: a person who has changed since is left aside.
	version BIGINT NOT NULL,
	before TEXT NOT NULL,
	PRIMARY KEY (tenant, plan, person)
);

-- Merges, until they are undone or their time is over.
CREATE TABLE {merge} (
	tenant TEXT NOT NULL,
	gone TEXT NOT NULL,
	kept TEXT NOT NULL,
	at BIGINT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, gone)
);
CREATE INDEX {#merge_kept} ON {merge} (tenant, kept);

-- Pairs that somebody settled to be two persons.
CREATE TABLE {distinct} (
	tenant TEXT NOT NULL,
	a TEXT NOT NULL,
	b TEXT NOT NULL,
	PRIMARY KEY (tenant, a, b)
);

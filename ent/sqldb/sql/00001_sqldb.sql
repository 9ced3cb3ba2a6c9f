-- +goose Up

-- The last number given of each counter; the row is the lock.
CREATE TABLE {counter} (
	tenant TEXT NOT NULL,
	name TEXT NOT NULL,
	value BIGINT NOT NULL,
	PRIMARY KEY (tenant, name)
);

-- Events, until every consumer has had them.
CREATE TABLE {outbox} (
	tenant TEXT NOT NULL,
	sequence BIGINT NOT NULL,
	type TEXT NOT NULL,
	subject TEXT NOT NULL,
	actor_kind TEXT NOT NULL,
	actor_id TEXT NOT NULL,
	actor_profile TEXT NOT NULL,
	at BIGINT NOT NULL,
	data TEXT NOT NULL,
	PRIMARY KEY (tenant, sequence)
);

-- How far each consumer is, and who delivers to it until when.
CREATE TABLE {consumer} (
	tenant TEXT NOT NULL,
	name TEXT NOT NULL,
	position BIGINT NOT NULL,
	holder TEXT NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (tenant, name)
);

-- Who belongs to which establishment, class or group.
CREATE TABLE {member} (
	tenant TEXT NOT NULL,
	target TEXT NOT NULL,
	person TEXT NOT NULL,
	profile TEXT NOT NULL,
	kind TEXT NOT NULL,
	establishment TEXT NOT NULL,
	PRIMARY KEY (tenant, target, person, profile)
);
CREATE INDEX {#member_person} ON {member} (tenant, person);

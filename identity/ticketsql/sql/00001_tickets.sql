-- +goose Up

-- What waits to be taken: tickets by their hash, entries of logins, proxy-granting tickets.
CREATE TABLE {ticket} (
	tenant TEXT NOT NULL,
	key BYTEA NOT NULL,
	value BYTEA NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (tenant, key)
);
CREATE INDEX {#ticket_until} ON {ticket} (tenant, until);

-- What was given in each session, by the hash of its name.
CREATE TABLE {ticket_visit} (
	tenant TEXT NOT NULL,
	session BYTEA NOT NULL,
	n TEXT NOT NULL,
	at BIGINT NOT NULL,
	entry BYTEA NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (tenant, session, n)
);
CREATE INDEX {#ticket_visit_until} ON {ticket_visit} (tenant, until);

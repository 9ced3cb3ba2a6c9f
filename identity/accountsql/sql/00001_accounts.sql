-- +goose Up

-- Accounts. What is looked for stands in a column beside the document.
CREATE TABLE {account} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	mail TEXT,
	merged TEXT,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX {#account_mail} ON {account} (tenant, mail);
CREATE INDEX {#account_merged} ON {account} (tenant, merged);

-- Logins and aliases: two accounts never have one in common.
CREATE TABLE {account_login} (
	tenant TEXT NOT NULL,
	login TEXT NOT NULL,
	account TEXT NOT NULL,
	PRIMARY KEY (tenant, login)
);
CREATE INDEX {#account_login_account} ON {account_login} (tenant, account);

-- Secrets of one use, by their hash.
CREATE TABLE {account_token} (
	tenant TEXT NOT NULL,
	kind TEXT NOT NULL,
	hash TEXT NOT NULL,
	account TEXT NOT NULL,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	payload TEXT NOT NULL,
	PRIMARY KEY (tenant, kind, hash)
);
CREATE INDEX {#account_token_account} ON {account_token} (tenant, account);
CREATE INDEX {#account_token_expires} ON {account_token} (tenant, expires);

-- Sessions, by the hash of the token that the browser holds.
CREATE TABLE {account_session} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	key TEXT NOT NULL,
	account TEXT NOT NULL,
	provider TEXT,
	subject TEXT,
	position TEXT,
	seen BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX {#account_session_key} ON {account_session} (tenant, key);
CREATE INDEX {#account_session_account} ON {account_session} (tenant, account);
CREATE INDEX {#account_session_upstream} ON {account_session} (tenant, provider, subject);
CREATE INDEX {#account_session_ends} ON {account_session} (tenant, ends);

-- Attempts: the theoretical arrival time of each bucket. Keys are hashes.
CREATE TABLE {account_bucket} (
	tenant TEXT NOT NULL,
	key TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (tenant, key)
);
CREATE INDEX {#account_bucket_at} ON {account_bucket} (tenant, at);

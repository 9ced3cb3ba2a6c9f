-- +goose Up

-- Remembered choices: which account a subject of a portal opens. A subject has one.
CREATE TABLE {guichet_link} (
	tenant TEXT NOT NULL,
	provider TEXT NOT NULL,
	subject TEXT NOT NULL,
	account TEXT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, provider, subject)
);
CREATE INDEX {#guichet_link_account} ON {guichet_link} (tenant, account);

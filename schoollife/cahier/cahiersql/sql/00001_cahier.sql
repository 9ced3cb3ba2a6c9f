-- +goose Up

-- Years that are closed are not written any more. The row is there from the first entry on, for its lock.
CREATE TABLE {cahier_year} (
	tenant TEXT NOT NULL,
	school TEXT NOT NULL,
	year BIGINT NOT NULL,
	closed BIGINT NOT NULL,
	PRIMARY KEY (tenant, school, year)
);

-- Sessions and homework, all their versions: a change adds one, and two who write at once cannot both add it.
CREATE TABLE {cahier_entry} (
	tenant TEXT NOT NULL,
	kind TEXT NOT NULL,
	id TEXT NOT NULL,
	version BIGINT NOT NULL,
	last BOOLEAN NOT NULL,
	school TEXT NOT NULL,
	year BIGINT NOT NULL,
	teacher TEXT NOT NULL,
	day TEXT NOT NULL,
	deleted BOOLEAN NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, kind, id, version)
);
CREATE INDEX {#cahier_entry_day} ON {cahier_entry} (tenant, school, kind, day);
CREATE INDEX {#cahier_entry_teacher} ON {cahier_entry} (tenant, teacher);

-- For whom an entry is, in its last version.
CREATE TABLE {cahier_audience} (
	tenant TEXT NOT NULL,
	refkind TEXT NOT NULL,
	ref TEXT NOT NULL,
	kind TEXT NOT NULL,
	day TEXT NOT NULL,
	id TEXT NOT NULL,
	PRIMARY KEY (tenant, refkind, ref, kind, day, id)
);
CREATE INDEX {#cahier_audience_id} ON {cahier_audience} (tenant, kind, id);

-- What pupils did: said done, or handed in.
CREATE TABLE {cahier_work} (
	tenant TEXT NOT NULL,
	kind TEXT NOT NULL,
	homework TEXT NOT NULL,
	pupil TEXT NOT NULL,
	returned BOOLEAN NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, kind, homework, pupil)
);
CREATE INDEX {#cahier_work_pupil} ON {cahier_work} (tenant, pupil);

CREATE TABLE {cahier_visa} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	school TEXT NOT NULL,
	year BIGINT NOT NULL,
	teacher TEXT NOT NULL,
	given BIGINT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE TABLE {cahier_visa_session} (
	tenant TEXT NOT NULL,
	session TEXT NOT NULL,
	visa TEXT NOT NULL,
	PRIMARY KEY (tenant, session, visa)
);

-- Habilitations, folders and templates: whole documents of an owner.
CREATE TABLE {cahier_document} (
	tenant TEXT NOT NULL,
	kind TEXT NOT NULL,
	owner TEXT NOT NULL,
	id TEXT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, kind, id, owner)
);
CREATE INDEX {#cahier_document_owner} ON {cahier_document} (tenant, kind, owner);

CREATE TABLE {cahier_archive} (
	tenant TEXT NOT NULL,
	school TEXT NOT NULL,
	year BIGINT NOT NULL,
	refkind TEXT NOT NULL,
	ref TEXT NOT NULL,
	label TEXT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, school, year, refkind, ref)
);

-- Accounts that were merged: whoever reads gone finds kept.
CREATE TABLE {cahier_merge} (
	tenant TEXT NOT NULL,
	gone TEXT NOT NULL,
	kept TEXT NOT NULL,
	PRIMARY KEY (tenant, gone)
);

-- +goose Up

-- Roll calls: the row is locked by who changes the roll call or the events that were seen in its lesson. entries are a list of marks,
-- each with who set it.
CREATE TABLE {attendance_call} (
	tenant TEXT NOT NULL,
	planned TEXT NOT NULL,
	course TEXT NOT NULL,
	state TEXT NOT NULL,
	revision BIGINT NOT NULL,
	entries TEXT NOT NULL,
	seen TEXT NOT NULL,
	done BIGINT,
	closer TEXT NOT NULL,
	PRIMARY KEY (tenant, planned, course)
);

-- Events are added, never changed: the last version is what is. Two who write at once cannot both add a version. first_day and
-- last_day are those of which the event has a minute.
CREATE TABLE {attendance_event} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	version BIGINT NOT NULL,
	pupil TEXT NOT NULL,
	kind TEXT NOT NULL,
	starts TEXT NOT NULL,
	ends TEXT NOT NULL,
	first_day TEXT NOT NULL,
	last_day TEXT NOT NULL,
	planned TEXT NOT NULL,
	course TEXT NOT NULL,
	reason TEXT NOT NULL,
	regularised BIGINT NOT NULL,
	removed BIGINT NOT NULL,
	writer TEXT NOT NULL,
	written BIGINT,
	PRIMARY KEY (tenant, id, version)
);
CREATE INDEX {#attendance_event_pupil} ON {attendance_event} (tenant, pupil, last_day);
CREATE INDEX {#attendance_event_day} ON {attendance_event} (tenant, last_day);
CREATE INDEX {#attendance_event_lesson} ON {attendance_event} (tenant, planned, course);
CREATE INDEX {#attendance_event_writer} ON {attendance_event} (tenant, writer);

-- What families say of absences; treated once.
CREATE TABLE {attendance_declaration} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	pupil TEXT NOT NULL,
	starts TEXT NOT NULL,
	ends TEXT NOT NULL,
	first_day TEXT NOT NULL,
	last_day TEXT NOT NULL,
	reason TEXT NOT NULL,
	words TEXT NOT NULL,
	writer TEXT NOT NULL,
	written BIGINT,
	treated BIGINT,
	treated_by TEXT NOT NULL,
	accepted BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX {#attendance_declaration_pupil} ON {attendance_declaration} (tenant, pupil, last_day);
CREATE INDEX {#attendance_declaration_writer} ON {attendance_declaration} (tenant, writer);
CREATE INDEX {#attendance_declaration_treater} ON {attendance_declaration} (tenant, treated_by);

-- Who was told of what. Only added; the person may be erased, so that no key holds.
CREATE TABLE {attendance_proof} (
	tenant TEXT NOT NULL,
	day TEXT NOT NULL,
	pupil TEXT NOT NULL,
	person TEXT NOT NULL,
	sent BIGINT,
	events TEXT NOT NULL
);
CREATE INDEX {#attendance_proof_day} ON {attendance_proof} (tenant, day);
CREATE INDEX {#attendance_proof_pupil} ON {attendance_proof} (tenant, pupil, day);
CREATE INDEX {#attendance_proof_person} ON {attendance_proof} (tenant, person);

-- Incidents, who took part, and what was decided. The row of the incident is locked by who changes any of it.
CREATE TABLE {attendance_incident} (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	happened TEXT NOT NULL,
	place TEXT NOT NULL,
	kind TEXT NOT NULL,
	seriousness BIGINT NOT NULL,
	words TEXT NOT NULL,
	writer TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX {#attendance_incident_writer} ON {attendance_incident} (tenant, writer);

CREATE TABLE {attendance_person} (
	tenant TEXT NOT NULL,
	incident TEXT NOT NULL,
	place BIGINT NOT NULL,
	person TEXT NOT NULL,
	role TEXT NOT NULL,
	PRIMARY KEY (tenant, incident, place)
);
CREATE INDEX {#attendance_person_person} ON {attendance_person} (tenant, person);

CREATE TABLE {attendance_measure} (
	tenant TEXT NOT NULL,
	incident TEXT NOT NULL,
	place BIGINT NOT NULL,
	id TEXT NOT NULL,
	pupil TEXT NOT NULL,
	kind TEXT NOT NULL,
	decided TEXT NOT NULL,
	starts TEXT NOT NULL,
	ends TEXT NOT NULL,
	hours BIGINT NOT NULL,
	suspended BIGINT NOT NULL,
	words TEXT NOT NULL,
	writer TEXT NOT NULL,
	room TEXT NOT NULL,
	PRIMARY KEY (tenant, incident, place)
);
CREATE INDEX {#attendance_measure_pupil} ON {attendance_measure} (tenant, pupil);
CREATE INDEX {#attendance_measure_writer} ON {attendance_measure} (tenant, writer);

-- Accounts that were merged: whoever reads gone finds kept.
CREATE TABLE {attendance_merge} (
	tenant TEXT NOT NULL,
	gone TEXT NOT NULL,
	kept TEXT NOT NULL,
	PRIMARY KEY (tenant, gone)
);

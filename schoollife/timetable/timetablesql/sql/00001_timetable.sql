-- +goose Up

-- A school: what version its timetable has, its year and its courses. The row is locked by who imports or changes.
CREATE TABLE {timetable_school} (
	tenant TEXT NOT NULL,
	school TEXT NOT NULL,
	version BIGINT NOT NULL,
	changed BIGINT NOT NULL,
	year TEXT NOT NULL,
	courses TEXT NOT NULL,
	PRIMARY KEY (tenant, school)
);

-- Lessons as the sources plan them: the key is the course and the day on which the lesson was planned at first. born is the version
-- that made it.
CREATE TABLE {timetable_lesson} (
	tenant TEXT NOT NULL,
	school TEXT NOT NULL,
	course TEXT NOT NULL,
	planned TEXT NOT NULL,
	day TEXT NOT NULL,
	start BIGINT NOT NULL,
	finish BIGINT NOT NULL,
	subject TEXT NOT NULL,
	resources TEXT NOT NULL,
	state TEXT NOT NULL,
	revision BIGINT NOT NULL,
	alongside TEXT NOT NULL,
	was TEXT NOT NULL,
	born BIGINT NOT NULL,
	PRIMARY KEY (tenant, school, course, planned)
);
CREATE INDEX {#timetable_lesson_day} ON {timetable_lesson} (tenant, school, day);

-- Changes made by hand, added and never changed.
CREATE TABLE {timetable_change} (
	tenant TEXT NOT NULL,
	school TEXT NOT NULL,
	version BIGINT NOT NULL,
	course TEXT NOT NULL,
	planned TEXT NOT NULL,
	writer TEXT NOT NULL,
	written BIGINT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, school, version)
);
CREATE INDEX {#timetable_change_lesson} ON {timetable_change} (tenant, school, course, planned);

-- Imports that changed something, each with its plan but for the lessons that it made, which are there.
CREATE TABLE {timetable_import} (
	tenant TEXT NOT NULL,
	school TEXT NOT NULL,
	version BIGINT NOT NULL,
	source TEXT NOT NULL,
	writer TEXT NOT NULL,
	written BIGINT NOT NULL,
	counts TEXT NOT NULL,
	plan TEXT NOT NULL,
	PRIMARY KEY (tenant, school, version)
);

-- Secret addresses of calendars: hashes only.
CREATE TABLE {timetable_token} (
	tenant TEXT NOT NULL,
	hash TEXT NOT NULL,
	person TEXT NOT NULL,
	created BIGINT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (tenant, hash)
);
CREATE INDEX {#timetable_token_person} ON {timetable_token} (tenant, person);

-- Accounts that were merged: whoever reads gone finds kept.
CREATE TABLE {timetable_merge} (
	tenant TEXT NOT NULL,
	gone TEXT NOT NULL,
	kept TEXT NOT NULL,
	PRIMARY KEY (tenant, gone)
);

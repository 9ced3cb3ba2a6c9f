-- +goose Up
CREATE TABLE {kind} (b BLOB, f INTEGER);

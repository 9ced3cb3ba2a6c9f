-- +goose Up
CREATE TABLE {kind} (b BYTEA, f BOOLEAN);

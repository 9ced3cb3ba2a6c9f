// Package gradebook computes averages that explain themselves, and keeps a gradebook honest: marks with their statuses,
// sub-subjects and containers, averages set by hand, classes whose pupils come and go.
package gradebook

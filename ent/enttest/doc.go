// Package enttest makes fictional academies for tests, examples and benchmarks.
package enttest

// Package fees is the part of the portal about prices: a parent computes a quotient and reads what each service costs and why,
// the town hall edits the tariff and compares two. It shows; the rules are those of the packages fees/quotient and fees/tariff.
package fees

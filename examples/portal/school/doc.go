// Package school is the area of the school: establishments, classes, groups, people and their relatives, as the models of
// the deliveries hold them, and the search among them.
package school

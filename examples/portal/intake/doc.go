// Package intake is the area of the deliveries: it makes or opens them, reads each into a model kept in memory, shows how
// far it is meanwhile, and then what was read, kept, refused and left without object.
package intake

// Package people is the area of the directory: the nightly import (a delivery compared, the plan read, applied, undone), the
// accounts with where they are in their life, the duplicates to settle, and who may see what of a pupil, and why. What it
// decides, package directory and package access decide: the pages show it, to those who administer accounts.
package people

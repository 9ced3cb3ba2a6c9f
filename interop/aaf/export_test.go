package aaf

// What the ratio benchmarks, which are outside the package, need of it.
var (
	ReadBaseline = readBaseline
	ReadTyped    = readFast
	Variants     = variants
)

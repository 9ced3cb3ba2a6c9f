# Shared by the scripts of this folder; sourced, never run.
# shellcheck shell=bash

# die stops the script, or the stage it runs in, with a message on standard error.
die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# in_ci says whether this is a continuous integration run, where nothing may be skipped.
in_ci() {
	[[ ${CI:-} == true ]]
}

# list_tests prints "package name" for each test or fuzz target whose name matches the pattern.
list_tests() {
	go test -list "$1" ./... | awk '
		/^(Test|Fuzz)/ { names[++n] = $1; next }
		/^ok/ { for (i = 1; i <= n; i++) print $2, names[i] }
		{ n = 0 }'
}

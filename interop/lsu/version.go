package lsu

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Version names an edition of the import schema. A file says only its schemaVersion, which several editions accept: an
// edition is what a file is judged by.
type Version string

// The editions of the second degree, in the order of their dates, then the one of the first degree.
const (
	// Version2018 is import-complet-strict v3 of 2018.
	Version2018 Version = "2018"
	// Version201902 is import-complet-strict v3 of February 2019.
	Version201902 Version = "2019-02"
	// Version2019 is import-bilan-complet v3 of 2019, without appliVersion, denomination and the overseas languages.
	Version2019 Version = "2019"
	// Version20190427 is import-bilan-complet v3 of 27 April 2019.
	Version20190427 Version = "2019-04-27"
	// Version2020 is import-bilan-complet v3 of 2020, with digital competences.
	Version2020 Version = "2020"
	// Version7 is import-complet-strict 7.0 of December 2023, the latest whose schema is public.
	Version7 Version = "7.0"
	// Version13 is what is known of 13.0, in force since 2024-2025: version 7.0 with a free text for id-be and without
	// acc-persos. Its schema is not public: it is written with [WriteOptions.AllowUnverified] only, and its annual averages
	// (moyennes-annuelles), whose place is not known, are neither read nor written.
	Version13 Version = "13.0"
	// VersionFirst1 is livret-scolaire-1d 1.0b of the first degree.
	VersionFirst1 Version = "1d-1.0"
)

// vset is a set of versions.
type vset uint16

const (
	v2018 vset = 1 << iota
	v201902
	v2019
	v20190427
	v2020
	v7
	v13
	v1d

	v3   = v2018 | v201902 | v2019 | v20190427 | v2020
	v2d  = v3 | v7 | v13
	vAll = v2d | v1d
)

// Versions returns the editions, in the order of the constants.
func Versions() []Version {
	return []Version{Version2018, Version201902, Version2019, Version20190427, Version2020, Version7, Version13, VersionFirst1}
}

func (v Version) bit() vset {
	if i := slices.Index(Versions(), v); i >= 0 {
		return 1 << i
	}
	return 0
}

// Known reports whether the version is one of [Versions].
func (v Version) Known() bool { return v.bit() != 0 }

// Verified reports whether the schema of the version was read: all but [Version13].
func (v Version) Verified() bool { return v.Known() && v != Version13 }

// Degree returns the degree whose bilans the version carries, "" for an unknown version.
func (v Version) Degree() ent.Degree {
	switch {
	case v.bit() == 0:
		return ""
	case v == VersionFirst1:
		return ent.FirstDegree
	}
	return ent.SecondDegree
}

// SchemaVersions returns the values of the attribute schemaVersion that the version accepts, the latest last.
func (v Version) SchemaVersions() []string {
	switch {
	case v == VersionFirst1:
		return []string{"1.0"}
	case v == Version13:
		return []string{"13.0"}
	case v == Version7:
		return []string{"2.0", "3.0", "4.0", "5.0", "6.0", "7.0"}
	case v.bit() != 0:
		return []string{"2.0", "3.0"}
	}
	return nil
}

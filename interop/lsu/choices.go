package lsu

import "github.com/opencartable/cartable/ent"

// Choices are what to do where exporters differ. Each is named after its rule; the zero value is the strictest.
type Choices struct {
	Unmarked     UnmarkedRule
	Appreciation AppreciationRule
	Council      CouncilRule
	Socle        SocleRule
	STS          STSRule
	PupilID      PupilIDRule
	// Tolerate lists codes of this package that shall not block: their issues become warnings. A code of the schema, or
	// of a reference or a key that is wrong, is never tolerated: the file would not be valid, or say nothing.
	Tolerate []ent.Code
}

// UnmarkedRule is what to do of a result with neither mark, nor position, nor flag.
type UnmarkedRule uint8

// The rules of results without anything.
const (
	// UnmarkedBlocks refuses it.
	UnmarkedBlocks UnmarkedRule = iota
	// UnmarkedSetsFlag writes eleve-non-note.
	UnmarkedSetsFlag
)

// AppreciationRule is what to do of a result without appreciation.
type AppreciationRule uint8

// The rules of missing appreciations.
const (
	// AppreciationRequired refuses it, as PRONOTE does.
	AppreciationRequired AppreciationRule = iota
	// AppreciationRequiredIfMarked accepts it for a pupil who is not marked, as OPEN-ENT does.
	AppreciationRequiredIfMarked
	// AppreciationDash writes "-", as SACoche does.
	AppreciationDash
	// AppreciationOptional writes nothing, which the schema accepts.
	AppreciationOptional
)

// CouncilRule is what to do of a bilan without the date of the class council.
type CouncilRule uint8

// The rules of missing council dates.
const (
	// CouncilRequired refuses it.
	CouncilRequired CouncilRule = iota
	// CouncilFromLock takes the day of the lock, as Gepi does.
	CouncilFromLock
)

// SocleRule is what to do of a cycle report whose socle is not complete.
type SocleRule uint8

// The rules of incomplete socles.
const (
	// SocleComplete refuses it.
	SocleComplete SocleRule = iota
	// SocleLanguageExempt writes 0 for CPD_ETR when it alone is missing, as OPEN-ENT does.
	SocleLanguageExempt
)

// STSRule is what to do of a teacher without an STS identifier.
type STSRule uint8

// The rules of missing STS identifiers.
const (
	// STSRequired refuses it.
	STSRequired STSRule = iota
	// STSDerived writes the stable number of [StableSTS], and says so.
	STSDerived
)

// PupilIDRule is what stands for a pupil in version 13.0, where id-be is a free text.
type PupilIDRule uint8

// The rules of pupils' identifiers.
const (
	// PupilSiecleID is the ELEVE_ID of SIECLE, as up to version 7.
	PupilSiecleID PupilIDRule = iota
	// PupilINE is the INE, as one study of version 13.0 says.
	PupilINE
)

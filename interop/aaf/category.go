package aaf

import "strings"

// Category is the kind of object that a record describes, as its operationalAttributes name it. A category that is not
// one of ours is kept and counted.
type Category string

// The categories of the feed.
const (
	Pupils     Category = "Eleve"
	Relatives  Category = "PersRelEleve"
	Staff      Category = "PersEducNat"
	Structures Category = "EtabEducNat"
	Programmes Category = "MefEducNat"
	Subjects   Category = "MatEducNat"
)

// Categories returns the six categories in the order in which a delivery is read: what is pointed at before what points.
func Categories() []Category {
	return []Category{Structures, Subjects, Programmes, Pupils, Relatives, Staff}
}

// catIndex numbers the categories; unknown ones share the last number.
type catIndex uint8

const (
	catStructure catIndex = iota
	catSubject
	catProgramme
	catPupil
	catRelative
	catStaff
	catUnknown
	catCount
)

func indexOf(c Category) catIndex {
	for i, k := range Categories() {
		if k == c {
			return catIndex(i) //nolint:gosec // six categories
		}
	}
	return catUnknown
}

func indexOfBytes(b []byte) catIndex {
	switch string(b) {
	case string(Pupils):
		return catPupil
	case string(Relatives):
		return catRelative
	case string(Staff):
		return catStaff
	case string(Structures):
		return catStructure
	case string(Programmes):
		return catProgramme
	case string(Subjects):
		return catSubject
	}
	return catUnknown
}

func (c catIndex) category() Category {
	if c < catUnknown {
		return Categories()[c]
	}
	return ""
}

// operational returns the attribute that names the category inside operationalAttributes.
func (c Category) operational() string {
	switch c {
	case Structures:
		return "categorieStructure"
	case Subjects:
		return "categorieMatiere"
	case Programmes:
		return "categorieMef"
	case Pupils, Relatives, Staff:
	}
	return "categoriePersonne"
}

// fileName returns the category as file names write it.
func (c Category) fileName() string {
	if c == Subjects {
		return "MatiereEducNat"
	}
	return string(c)
}

// jointure returns the attribute that repeats the identifier of the record.
func (c Category) jointure() string {
	switch c {
	case Structures:
		return "ENTStructureJointure"
	case Subjects:
		return "ENTMatJointure"
	case Programmes:
		return "ENTMefJointure"
	case Pupils, Relatives, Staff:
	}
	return "ENTPersonJointure"
}

// person reports whether the category describes persons.
func (c Category) person() bool { return c == Pupils || c == Relatives || c == Staff }

// Op is what a record asks for.
type Op string

// The operations of a record.
const (
	Add    Op = "addRequest"
	Modify Op = "modifyRequest"
	Delete Op = "deleteRequest"
)

// Kind says whether a delivery holds everything or what changed.
type Kind string

// The kinds of delivery.
const (
	Complet Kind = "Complet"
	Delta   Kind = "Delta"
)

// kindIn returns the kind named anywhere in a file name.
func kindIn(name string) Kind {
	low := strings.ToLower(name)
	switch {
	case strings.Contains(low, "delta"):
		return Delta
	case strings.Contains(low, "complet"):
		return Complet
	}
	return ""
}

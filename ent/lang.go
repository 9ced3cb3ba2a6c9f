package ent

// Lang is a language in which texts are rendered.
type Lang string

// The two languages of every text of Cartable.
const (
	FR Lang = "fr"
	EN Lang = "en"
)

// pick returns the text of the language, French when the language is not one of ours: the users are French schools.
func (l Lang) pick(fr, en string) string {
	if l == EN {
		return en
	}
	return fr
}

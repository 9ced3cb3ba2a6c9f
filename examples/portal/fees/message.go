package fees

import (
	"regexp"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

// saidError is an error of a form, in the words that its reader gets.
type saidError string

func (e saidError) Error() string { return string(e) }

// message says in French what an error of the rules means.
func message(err error) string {
	var texts []string
	var codes []ent.Code
	seen := map[string]bool{}
	say := func(text string) {
		if text != "" && !seen[text] {
			seen[text] = true
			texts = append(texts, text)
		}
	}
	var walk func(error)
	walk = func(err error) {
		switch x := err.(type) { //nolint:errorlint // each part of a joined error is wanted
		case ent.Issue:
			say(x.Message(ent.FR))
		case ent.Code:
			codes = append(codes, x)
		case saidError:
			say(string(x))
		case interface{ Unwrap() []error }:
			for _, e := range x.Unwrap() {
				walk(e)
			}
		case interface{ Unwrap() error }:
			if e := x.Unwrap(); e != nil {
				walk(e)
			}
		}
	}
	walk(err)
	if len(texts) == 0 { // a code alone is less than an issue, which says the case too
		for _, c := range codes {
			say(ruleText(c))
		}
	}
	if len(texts) == 0 {
		say("Les règles ont refusé le calcul sans dire pourquoi.")
	}
	return web.French(strings.Join(texts, " "))
}

// placeholder is a part of a rule's text that each case fills for itself, with the stop that may follow it.
var placeholder = regexp.MustCompile(`\{[a-zA-Z]+\}\.?`)

// ruleText is what a rule says of any case, "" for a code that no catalogue has.
func ruleText(code ent.Code) string {
	for _, c := range []*ent.Catalog{tariff.Catalog(), quotient.Catalog()} {
		if rule, ok := c.Rule(code); ok {
			return web.French(placeholder.ReplaceAllString(rule.FR, "…"))
		}
	}
	return ""
}

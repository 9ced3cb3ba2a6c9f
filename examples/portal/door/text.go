package door

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/opencartable/cartable/identity"
)

func contextWith(r *http.Request, f failedAttempt) context.Context {
	return context.WithValue(r.Context(), failedKey{}, f)
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Round(time.Second).Seconds()) + 1) }

// browserName is what a person recognises a browser by.
func browserName(agent string) string {
	for _, b := range []struct{ mark, name string }{
		{"Edg/", "Edge"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"Go-http-client", "programme"},
	} {
		if strings.Contains(agent, b.mark) {
			return b.name
		}
	}
	return "navigateur"
}

// moment is an instant as pages write it.
func moment(t time.Time) string { return t.In(paris()).Format("02/01/2006 à 15:04") }

// paris is the zone of the pages; UTC where the machine has no zones.
func paris() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.UTC
	}
	return zone
}

// flat are the values of a release, each with its name, in their order.
func flat(list []identity.Value, above string) []shownValue {
	var out []shownValue
	for _, v := range list {
		name := above + v.Name
		if len(v.Values) > 0 {
			out = append(out, flat(v.Values, name+" / ")...)
			continue
		}
		out = append(out, shownValue{name, v.Text})
		for _, a := range v.Attributes {
			out = append(out, shownValue{name + " @ " + a.Name, a.Text})
		}
	}
	return out
}

// shownValue is one thing that a partner receives.
type shownValue struct{ Name, Text string }

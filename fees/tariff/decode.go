package tariff

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// decoder fills the structs of a tariff from the tree of a document, by their json tags. A field without omitempty nor
// omitzero is wanted.
type decoder struct {
	file   string
	places places
	issues ent.Issues
}

func (d *decoder) fail(n ast.Node, code ent.Code, path string, params ...ent.Param) {
	if len(d.issues) >= maxIssues {
		return
	}
	d.issues = append(d.issues, catalog().New(code, d.pos(n), path, params...))
}

func (d *decoder) pos(n ast.Node) ent.Pos {
	if n == nil {
		return ent.Pos{File: d.file}
	}
	pos := placeOf(n.GetToken())
	if m, ok := entries(n); ok && len(m) > 0 {
		pos = placeOf(m[0].Key.GetToken()) // the token of a mapping is its first colon
	}
	pos.File = d.file
	return pos
}

// document reads the format first, then the fields of the tariff.
func (d *decoder) document(root ast.Node, t *Tariff) {
	fields, ok := entries(root)
	if !ok {
		d.fail(root, CodeType, "$", ent.CodeOf("want", "mapping"))
		return
	}
	format := ""
	for _, e := range fields {
		if key, _, _ := scalar(e.Key); key == "format" {
			format, _, _ = scalar(e.Value)
		}
	}
	if format != Format {
		d.fail(root, CodeFormat, "$.format", ent.CodeOf("format", Format))
		return
	}
	d.places["$"] = d.pos(root)
	d.structure(root, reflect.ValueOf(t).Elem(), "$", 0)
}

// field is a field of a struct as a document writes it.
type field struct {
	name   string
	index  int
	wanted bool
}

func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "" && name != "-" {
			out = append(out, field{name, i, options == ""})
		}
	}
	return out
}

func (d *decoder) structure(n ast.Node, v reflect.Value, path string, depth int) {
	pairs, ok := d.pairs(n, path, depth)
	if !ok {
		return
	}
	fields := fieldsOf(v.Type())
	seen := map[string]bool{}
	for _, e := range pairs {
		key, _, ok := scalar(e.Key)
		if !ok || e.Key.IsMergeKey() {
			d.fail(e.Key, CodeType, path, ent.CodeOf("want", "key"))
			continue
		}
		at := slices.IndexFunc(fields, func(f field) bool { return f.name == key })
		if at < 0 {
			if path == "$" && key == "format" {
				continue
			}
			d.unknown(e.Key, path, key, fields)
			continue
		}
		if seen[key] {
			d.fail(e.Key, CodeKeyTwice, path+"."+key, ent.FieldOf("key", ent.Field(key)))
			continue
		}
		seen[key] = true
		d.places[path+"."+key] = d.pos(e.Key)
		d.value(e.Value, v.Field(fields[at].index), path+"."+key, depth+1)
	}
	for _, f := range fields {
		if f.wanted && !seen[f.name] {
			d.fail(n, CodeMissingKey, path, ent.FieldOf("key", ent.Field(f.name)))
		}
	}
}

// pairs returns the keys and values of a mapping that may be read.
func (d *decoder) pairs(n ast.Node, path string, depth int) ([]*ast.MappingValueNode, bool) {
	pairs, ok := entries(n)
	if !ok {
		d.fail(n, CodeType, path, ent.CodeOf("want", "mapping"))
		return nil, false
	}
	if depth > maxDepth {
		d.fail(n, CodeDepth, path, ent.Count("limit", maxDepth))
		return nil, false
	}
	return pairs, true
}

// unknown files an unknown key, with the nearest known one when there is one near enough.
func (d *decoder) unknown(n ast.Node, path, key string, fields []field) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	if near, ok := nearest(key, names); ok {
		d.fail(n, CodeKeyNear, path, ent.FieldOf("key", ent.Field(key)), ent.FieldOf("near", ent.Field(near)))
		return
	}
	d.fail(n, CodeKeyUnknown, path, ent.FieldOf("key", ent.Field(key)))
}

func (d *decoder) value(n ast.Node, v reflect.Value, path string, depth int) {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		d.fail(n, CodeYAML, path)
		return
	case *ast.NullNode:
		// A list may say that a price is not there; anywhere else a key without value is a slip.
		if !strings.HasSuffix(path, "]") || v.Kind() != reflect.Pointer {
			d.fail(n, CodeType, path, ent.CodeOf("want", "value"))
		}
		return
	}
	if v.Kind() == reflect.Pointer {
		to := reflect.New(v.Type().Elem())
		d.value(n, to.Elem(), path, depth)
		v.Set(to)
		return
	}
	switch to := v.Addr().Interface().(type) {
	case *decimal.Decimal:
		d.decimal(n, to, path)
	case *ent.Label:
		d.label(n, to, path, depth)
	case *Range:
		d.bounds(n, to, path, depth)
	case encoding.TextUnmarshaler:
		d.text(n, to, v, path)
	default:
		d.plain(n, v, path, depth)
	}
}

func (d *decoder) plain(n ast.Node, v reflect.Value, path string, depth int) {
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, path, depth)
	case reflect.Slice:
		d.list(n, v, path, depth)
	case reflect.Map:
		d.mapping(n, v, path, depth)
	case reflect.String:
		text, _, ok := scalar(n)
		if !ok {
			d.fail(n, CodeType, path, ent.CodeOf("want", "text"))
			return
		}
		d.word(n, v.Type(), text, path)
		v.SetString(text)
	case reflect.Bool:
		text, quoted, ok := scalar(n)
		if !ok || quoted || text != "true" && text != "false" {
			d.fail(n, CodeType, path, ent.CodeOf("want", "true-or-false"))
			return
		}
		v.SetBool(text == "true")
	default:
		text, _, ok := scalar(n)
		i, err := strconv.Atoi(text)
		if !ok || err != nil || i < -maxCount || i > maxCount {
			d.fail(n, CodeType, path, ent.CodeOf("want", "whole-number"))
			return
		}
		v.SetInt(int64(i))
	}
}

// list reads a list; a value alone is a list of one where the values are plain.
func (d *decoder) list(n ast.Node, v reflect.Value, path string, depth int) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		if _, _, plain := scalar(n); plain && v.Type().Elem().Kind() == reflect.String {
			one := reflect.New(v.Type().Elem()).Elem()
			d.value(n, one, path, depth+1)
			v.Set(reflect.Append(v, one))
			return
		}
		d.fail(n, CodeType, path, ent.CodeOf("want", "list"))
		return
	}
	if len(s.Values) > maxCount || depth > maxDepth {
		d.fail(n, CodeDepth, path, ent.Count("limit", maxDepth))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values))
	for i, e := range s.Values {
		at := index(path, i)
		d.places[at] = d.pos(e)
		d.value(e, out.Index(i), at, depth+1)
	}
	v.Set(out)
}

func (d *decoder) mapping(n ast.Node, v reflect.Value, path string, depth int) {
	pairs, ok := d.pairs(n, path, depth)
	if !ok {
		return
	}
	out := reflect.MakeMap(v.Type())
	for _, e := range pairs {
		key, _, ok := scalar(e.Key)
		if !ok || e.Key.IsMergeKey() || !isWord(key) {
			d.fail(e.Key, CodeWord, path)
			continue
		}
		k := reflect.ValueOf(key)
		if out.MapIndex(k).IsValid() {
			d.fail(e.Key, CodeKeyTwice, path, ent.FieldOf("key", ent.Field(key)))
			continue
		}
		at := path + "." + key
		d.places[at] = d.pos(e.Key)
		one := reflect.New(v.Type().Elem()).Elem()
		d.value(e.Value, one, at, depth+1)
		out.SetMapIndex(k, one)
	}
	v.Set(out)
}

func (d *decoder) decimal(n ast.Node, to *decimal.Decimal, path string) {
	text, _, ok := scalar(n)
	v, err := ent.ParseNumber(text)
	if !ok || err != nil || !inLimits(v) {
		d.fail(n, CodeNumber, path)
		return
	}
	*to = v
}

// label reads a text in both languages, or one text for both.
func (d *decoder) label(n ast.Node, to *ent.Label, path string, depth int) {
	if text, _, ok := scalar(n); ok {
		*to = ent.Label{FR: text, EN: text}
	} else {
		d.structure(n, reflect.ValueOf(to).Elem(), path, depth)
	}
	if len(to.FR) > maxText || len(to.EN) > maxText {
		d.fail(n, CodeWord, path)
	}
}

// bounds reads a range, or a number alone.
func (d *decoder) bounds(n ast.Node, to *Range, path string, depth int) {
	text, _, ok := scalar(n)
	if !ok {
		d.structure(n, reflect.ValueOf(to).Elem(), path, depth)
		return
	}
	i, err := strconv.Atoi(text)
	if err != nil || i < 0 || i > maxCount {
		d.fail(n, CodeType, path, ent.CodeOf("want", "whole-number"))
		return
	}
	*to = Range{&i, &i}
}

// text reads dates, SIRET and times of the day.
func (d *decoder) text(n ast.Node, to encoding.TextUnmarshaler, v reflect.Value, path string) {
	text, _, ok := scalar(n)
	if ok && text != "" && to.UnmarshalText([]byte(text)) == nil {
		return
	}
	code := CodeClock
	switch v.Interface().(type) {
	case ent.Date:
		code = CodeDate
	case ent.SIRET:
		code = CodeSIRET
	}
	d.fail(n, code, path)
}

// closedWords returns the words of a list that is closed: what is not in it cannot be computed.
func closedWords() map[reflect.Type][]string {
	return map[reflect.Type][]string{
		reflect.TypeFor[ent.RoundingMode]():  words(ent.RoundHalfUp, ent.RoundHalfDown, ent.RoundHalfEven, ent.RoundUp, ent.RoundDown, ent.RoundCeiling, ent.RoundFloor),
		reflect.TypeFor[quotient.Missing]():  words(quotient.MissingRefuse, quotient.MissingTopBand, quotient.MissingTopBandSurcharge, quotient.MissingFullPrice),
		reflect.TypeFor[quotient.Validity](): words(quotient.ValidityFixedDate, quotient.ValidityAnnual, quotient.ValidityMonth, quotient.ValidityDay),
		reflect.TypeFor[quotient.Effect]():   words(quotient.EffectFrom, quotient.EffectReceived, quotient.EffectNextMonth),
		reflect.TypeFor[Point]():             words(PointUnit, PointLine, PointInvoice),
		reflect.TypeFor[RankOrder]():         words(EldestFirst, YoungestFirst),
		reflect.TypeFor[RankScope]():         words(ScopeActivity, ScopeTariff),
		reflect.TypeFor[Decimals]():          words(DecimalsTruncate, DecimalsHalfUp, DecimalsUpperBound),
		reflect.TypeFor[Stage]():             words(StageUnit, StageLine),
		reflect.TypeFor[Counting]():          words(CountUnion, CountEach),
		reflect.TypeFor[Every]():             words(EveryWeek, EveryMonth, EveryYear),
		reflect.TypeFor[Proration]():         words(ProrateNone, ProrateDays),
		reflect.TypeFor[Waiting]():           words(WaitingFirstDays, WaitingAllOrNothing),
		reflect.TypeFor[CapOf]():             words(CapChild, CapHousehold),
	}
}

// openWords returns the words of this package in lists that are open: one that is only nearly one of them is a slip.
func openWords() map[reflect.Type][]string {
	return map[reflect.Type][]string{
		reflect.TypeFor[Unit]():      words(UnitAct, UnitMeal, UnitQuarterHour, UnitHalfHour, UnitHour, UnitHalfDay, UnitDay, UnitWeek, UnitMonth, UnitYear),
		reflect.TypeFor[Service]():   words(ServiceMeal, ServiceCare, ServiceLeisure, ServiceCreche, ServiceTransport, ServicePenalty, ServiceOther),
		reflect.TypeFor[Residence](): words(ResidenceCommune, ResidencePartner, ResidenceOutside),
		reflect.TypeFor[Regime]():    words(RegimeGeneral, RegimeMSA, RegimeNone, RegimeOther),
		reflect.TypeFor[Status]():    words(StatusRSA, StatusCCAS, StatusHealthCover, StatusSeparated, StatusScholarship),
		reflect.TypeFor[Booking]():   words(BookingRegular, BookingOccasional, BookingLate, BookingNone),
		reflect.TypeFor[Presence]():  words(PresencePresent, PresenceAbsent),
		reflect.TypeFor[Level]():     words(LevelNursery, LevelPrimary, LevelSecondary),
		reflect.TypeFor[DayKind]():   words(DaySchool, DayWednesday, DayHoliday),
		reflect.TypeFor[Guest]():     words(GuestChild, GuestAdult, GuestStaff),
		reflect.TypeFor[Reason]():    words(ReasonIllness, ReasonStrike, ReasonOuting, ReasonClosure, ReasonCancelled, ReasonConvenience, ReasonUnannounced, ReasonOther),
	}
}

func words[T ~string](list ...T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

// word checks a text against the list of its type.
func (d *decoder) word(n ast.Node, t reflect.Type, text, path string) {
	if len(text) > maxText {
		d.fail(n, CodeWord, path)
		return
	}
	closed, isClosed := closedWords()[t]
	open, isOpen := openWords()[t]
	known := closed
	if isOpen {
		known = open
	}
	switch {
	case !isClosed && !isOpen, slices.Contains(known, text):
		return
	case !isWord(text):
		d.fail(n, CodeWord, path)
		return
	}
	near, ok := nearest(text, known)
	switch {
	case ok:
		d.fail(n, CodeValueNear, path, ent.CodeOf("value", text), ent.CodeOf("near", near))
	case isClosed:
		d.fail(n, CodeValue, path, ent.CodeOf("value", text))
	}
}

// isWord reports whether a text has the shape of a word of a list: a code, no name of a person.
func isWord(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == ':':
		default:
			return false
		}
	}
	return true
}

// nearest returns the known word that a slip of the keyboard or two separate from a text.
func nearest(text string, known []string) (string, bool) {
	best, found := 3, ""
	if len(text) <= 4 {
		best = 2
	}
	for _, k := range known {
		if n := distance(strings.ToLower(text), strings.ToLower(k), best); n < best {
			best, found = n, k
		}
	}
	return found, found != ""
}

// distance counts the letters to insert, remove, change or swap with their neighbour; at least limit when it is not less.
func distance(a, b string, limit int) int {
	if len(a) > 64 || len(b) > 64 || len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	prev2, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(b)]
}

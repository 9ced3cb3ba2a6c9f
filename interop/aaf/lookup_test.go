package aaf_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/aaf"
)

func TestLookups(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	assert.True(t, m.Has(aaf.Pupils, "5000001"))
	assert.False(t, m.Has(aaf.Relatives, "5000001"), "keys are unique within a category only")
	assert.False(t, m.Has("Autre", "5000001"))
	s := m.StructuresByUAI("0019991E")
	require.Len(t, s, 1)
	assert.Equal(t, "4001", s[0].ID)
	assert.Empty(t, m.StructuresByUAI(""))
	var classes []string
	for c := range m.ClassesOf("4001") {
		classes = append(classes, c.Code)
	}
	assert.Equal(t, []string{"6A", "6B", "3A", "3SPE"}, classes)
	assert.Len(t, slices.Collect(m.GroupsOf("4001")), 3)
	assert.Empty(t, slices.Collect(m.GroupsOf("4002")))
	assert.Equal(t, []string{"7000001"}, m.StaffOf("4002"))
	assert.Equal(t, []string{"7000001"}, m.HeadTeachers("4001"))
	assert.Equal(t, []string{"7000002"}, m.Direction("4001", aaf.ProfilePolicy{}))
}

// Section 7.6: EduConnect and timetables know a pupil by the school and the number inside it.
func TestPupilByNumberInTheSchool(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	for p := range m.Pupils() {
		got, ok := m.PupilByNumber(p.Structure, p.SchoolNumber)
		require.True(t, ok)
		assert.Equal(t, p.ID, got.ID)
	}
	_, ok := m.PupilByNumber("4002", "900001")
	assert.False(t, ok, "the number is that of another school")
	_, ok = m.PupilByNumber("", "")
	assert.False(t, ok)
}

func TestUnwrittenNamesWhatAFeedHasNoPlaceFor(t *testing.T) {
	t.Parallel()
	p := &ent.Person{
		Contact: ent.Contact{Mobile: "x", SMS: "x", Address: ent.Place{Lines: []string{"x"}}}, Schooling: &ent.Schooling{Regime: ent.RegimeHalf},
		Affiliations: []ent.Affiliation{{From: ent.Date{Year: 2024, Month: 9, Day: 1}}},
	}
	fields := func(c aaf.Category) (out []ent.Field) {
		for _, l := range aaf.Unwritten(p, c) {
			out = append(out, l.Field)
		}
		return out
	}
	assert.Equal(t, []ent.Field{"contact.mobile", "contact.sms", "schooling.regime", "affiliations.dates"}, fields(aaf.Pupils))
	assert.Equal(t, []ent.Field{"contact.mobile", "contact.address", "affiliations.dates"}, fields(aaf.Staff))
	assert.Equal(t, []ent.Field{"affiliations.dates"}, fields(aaf.Relatives))
}

func TestDeliveryWriterIsClosedOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := aaf.DeliveryOptions{Header: aaf.Header{Generated: ent.Date{Year: 2024, Month: 9, Day: 16}}}
	w, err := aaf.NewDeliveryWriter(dir, o)
	require.NoError(t, err)
	rec := &aaf.Record{Op: aaf.Add, Category: aaf.Pupils, ID: "1", Attrs: []aaf.Attr{{Name: "sn", Values: []string{"A"}}}}
	require.NoError(t, w.Write(rec))
	require.NoError(t, w.Close())
	require.NoError(t, w.Close())
	require.ErrorIs(t, w.Write(rec), aaf.ErrInvalid)
	assert.Len(t, all(t, mustOpen(t, dir).Reader()), 1)

	again, err := aaf.NewDeliveryWriter(dir, o)
	require.NoError(t, err)
	require.Error(t, again.Write(rec), "a file that exists is not written over")
}

package access

import "github.com/opencartable/cartable/ent"

// Default returns a new copy of the default policy, for the caller to change. It follows the national profiles of the SDET
// and the usage of French school products: a pupil and a legal representative read, a teacher reads the pupils taught and
// writes what is his or hers, the head teacher reads a class, school life and direction read the establishment, a delegated
// administrator administers and reads no school-life data.
func Default() *Policy {
	var (
		pupil      = WhoProfile(ent.ProfilePupil)
		teacher    = WhoProfile(ent.ProfileTeacher)
		direction  = WhoProfile(ent.ProfileDirection)
		schoolLife = WhoProfile(ent.ProfileSchoolLife)
		staff      = WhoProfile(ent.ProfileStaff)
		academic   = WhoProfile(ent.ProfileAcademic)
	)
	who := func(w ...Who) []Who { return w }
	may := func(a ...Action) []Action { return a }
	reach := func(s ...Span) []Span { return s }
	ofPupils := []ent.Profile{ent.ProfilePupil}
	ofFamilies := []ent.Profile{ent.ProfilePupil, ent.ProfileRelative}
	grants := []Grant{
		// Oneself: everybody reads their own entry, address, timetable, messages and what is shared with them.
		{Who: who(WhoAnyone), May: may(ActionPersonRead, ActionContactRead, ActionTimetableRead), Reach: reach(SpanSelf)},
		{Who: who(WhoAnyone), May: may(ActionMessageRead, ActionBookingRead, ActionBookingWrite), Reach: reach(SpanOwn)},

		// Pupils.
		{
			Who: who(pupil), Reach: reach(SpanSelf),
			May: may(ActionAbsenceRead, ActionAbsenceReasonRead, ActionSanctionRead, ActionHomeworkRead, ActionMarksRead, ActionBulletinRead),
		},
		{Who: who(pupil), May: may(ActionTimetableRead, ActionHomeworkRead), Reach: reach(SpanMyClasses)},
		{Who: who(pupil), May: may(ActionPersonRead), Reach: reach(SpanClassmates), Of: []ent.Profile{ent.ProfilePupil, ent.ProfileTeacher}},
		{Who: who(WhoPupilOfAge), May: may(ActionAbsenceDeclare), Reach: reach(SpanSelf)},

		// Relatives, child by child. Nothing is given to WhoContact.
		{
			Who: who(WhoLegal), Reach: reach(SpanChildren),
			May: may(
				ActionTimetableRead, ActionAbsenceRead, ActionAbsenceDeclare, ActionAbsenceReasonRead, ActionSanctionRead,
				ActionHomeworkRead, ActionMarksRead, ActionBulletinRead, ActionPersonRead, ActionContactRead,
			),
		},
		{Who: who(WhoLegal), May: may(ActionTimetableRead, ActionHomeworkRead), Reach: reach(SpanChildrenClasses)},
		{Who: who(WhoLegal), May: may(ActionPersonRead), Reach: reach(SpanChildrenClassmates), Of: []ent.Profile{ent.ProfileTeacher}},
		{Who: who(WhoInCharge), May: may(ActionPersonRead, ActionContactRead), Reach: reach(SpanChildren)},

		// Teachers. The reason of an absence is hidden from them.
		{
			Who: who(teacher), Reach: reach(SpanTaught), Of: ofPupils,
			May: may(ActionTimetableRead, ActionAbsenceRead, ActionIncidentWrite, ActionHomeworkRead, ActionMarksRead, ActionBulletinRead),
		},
		{
			Who: who(teacher, direction), Reach: reach(SpanOwn),
			May: may(
				ActionTimetableRead, ActionCallRead, ActionCallWrite, ActionIncidentRead, ActionHomeworkWrite, ActionSessionUnpublishedRead,
				ActionVisaRead, ActionMarksWrite, ActionBulletinWrite,
			),
		},
		// The head teacher, for the class.
		{
			Who: who(WhoHeadTeacher), Reach: reach(SpanHeadClass), Of: ofPupils,
			May: may(
				ActionTimetableRead, ActionAbsenceRead, ActionAbsenceReasonRead, ActionIncidentRead, ActionSanctionRead,
				ActionHomeworkRead, ActionMarksRead, ActionBulletinRead, ActionBulletinWrite,
			),
		},
		{Who: who(WhoHeadTeacher), May: may(ActionContactRead), Reach: reach(SpanHeadClass), Of: ofFamilies},

		// School life and direction, for the establishment.
		{
			Who: who(schoolLife, direction), Reach: reach(SpanEstablishment), Of: ofPupils,
			May: may(
				ActionCallRead, ActionAbsenceRead, ActionAbsenceWrite, ActionAbsenceReasonRead, ActionIncidentRead,
				ActionIncidentWrite, ActionSanctionRead, ActionHomeworkRead, ActionMarksRead, ActionBulletinRead,
			),
		},
		{Who: who(schoolLife, direction), May: may(ActionTimetableRead, ActionContactRead), Reach: reach(SpanEstablishment)},
		{Who: who(schoolLife), May: may(ActionCallWrite), Reach: reach(SpanEstablishment), Of: ofPupils},
		{
			Who: who(direction), Reach: reach(SpanEstablishment),
			May: may(
				ActionSanctionWrite, ActionSessionUnpublishedRead, ActionVisaRead, ActionVisaWrite, ActionBulletinWrite, ActionBulletinLock, ActionBookingManage,
			),
		},

		// Every professional finds people of the establishment and what can be booked there.
		{Who: who(teacher, direction, schoolLife, staff, academic), May: may(ActionPersonRead, ActionBookingRead), Reach: reach(SpanEstablishment)},

		// A delegated administrator.
		{
			Who: who(WhoDelegate), Reach: reach(SpanEstablishment),
			May: may(
				ActionPersonRead, ActionAccountManage, ActionGroupManage, ActionRightsManage, ActionCommunicationManage,
				ActionDirectoryImport, ActionBookingRead, ActionBookingManage,
			),
		},
	}
	return &Policy{
		Name: "cartable-default", Version: "1", InCharge: InChargeContactOnly, OfAge: OfAgeKeep, GroupTeachers: GroupTeachersGroup,
		Grants: grants,
		Apart:  may(ActionContactRead),
		Logged: may(
			ActionAbsenceRead, ActionAbsenceDeclare, ActionAbsenceWrite, ActionAbsenceReasonRead, ActionIncidentRead, ActionIncidentWrite,
			ActionSanctionRead, ActionSanctionWrite,
		),
		Communication: DefaultCommunication(),
	}
}

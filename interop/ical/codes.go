package ical

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeNotCalendar ent.Code = "ICAL-NOT-CALENDAR"
	CodeLimit       ent.Code = "ICAL-LIMIT"
	CodeNoZone      ent.Code = "ICAL-NO-ZONE"
	CodeLine        ent.Code = "ICAL-LINE"
	CodeTruncated   ent.Code = "ICAL-TRUNCATED"
	CodeText        ent.Code = "ICAL-TEXT"
	CodeUnread      ent.Code = "ICAL-UNREAD"
	CodeIgnored     ent.Code = "ICAL-IGNORED"

	CodeUID         ent.Code = "ICAL-UID"
	CodeStart       ent.Code = "ICAL-START"
	CodeEnd         ent.Code = "ICAL-END"
	CodeZeroDay     ent.Code = "ICAL-ZERO-DAY"
	CodeStamp       ent.Code = "ICAL-STAMP"
	CodeValue       ent.Code = "ICAL-VALUE"
	CodeTwice       ent.Code = "ICAL-TWICE"
	CodeZone        ent.Code = "ICAL-ZONE"
	CodeWindowsZone ent.Code = "ICAL-WINDOWS-ZONE"
	CodeOlder       ent.Code = "ICAL-OLDER"

	CodeRule      ent.Code = "ICAL-RULE"
	CodeFrequency ent.Code = "ICAL-FREQUENCY"
	CodeEndless   ent.Code = "ICAL-ENDLESS"
	CodeOrphan    ent.Code = "ICAL-ORPHAN"

	CodeLesson      ent.Code = "ICAL-LESSON"
	CodeLessonTwice ent.Code = "ICAL-LESSON-TWICE"
	CodeUnknownFeed ent.Code = "ICAL-UNKNOWN-FEED"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const rfc = "RFC 5545, "
	return ent.NewCatalog(
		ent.Rule{Code: CodeNotCalendar, Severity: ent.SeverityFatal, Source: rfc + "3.4", FR: "Ce n'est pas un calendrier iCalendar.", EN: "This is not an iCalendar calendar."},
		ent.Rule{Code: CodeLimit, Severity: ent.SeverityFatal, Source: "Cartable", FR: "Le calendrier dépasse les limites de lecture.", EN: "The calendar is beyond the limits of reading."},
		ent.Rule{
			Code: CodeNoZone, Severity: ent.SeverityFatal, Source: rfc + "3.3.5",
			FR: "Le fuseau horaire de l'établissement n'est pas donné.", EN: "The time zone of the establishment is not given.",
		},
		ent.Rule{Code: CodeLine, Severity: ent.SeverityWarning, Source: rfc + "3.1", FR: "La ligne ne se lit pas : elle est laissée de côté.", EN: "The line cannot be read: it is left aside."},
		ent.Rule{
			Code: CodeTruncated, Severity: ent.SeverityError, Source: rfc + "3.6",
			FR: "{field} n'est pas fermé : il est laissé de côté.", EN: "{field} is not closed: it is left aside.",
		},
		ent.Rule{
			Code: CodeText, Severity: ent.SeverityWarning, Source: rfc + "3.1.4",
			FR: "La ligne contient des octets qui ne sont pas du texte UTF-8 : ils sont remplacés.", EN: "The line holds bytes that are not UTF-8 text: they are replaced.",
		},
		ent.Rule{Code: CodeUnread, Severity: ent.SeverityInfo, Source: rfc + "3.6", FR: "{field} : non lu.", EN: "{field}: not read."},
		ent.Rule{
			Code: CodeIgnored, Severity: ent.SeverityWarning, Source: rfc + "3.8",
			FR: "{field} n'est pas appliqué : les dates peuvent différer.", EN: "{field} is not applied: dates may differ.",
		},
		ent.Rule{Code: CodeUID, Severity: ent.SeverityError, Source: rfc + "3.8.4.7", FR: "L'événement n'a pas d'identifiant.", EN: "The event has no identifier."},
		ent.Rule{Code: CodeStart, Severity: ent.SeverityError, Source: rfc + "3.8.2.4", FR: "Le début de l'événement manque ou ne se lit pas.", EN: "The start of the event is missing or cannot be read."},
		ent.Rule{
			Code: CodeEnd, Severity: ent.SeverityError, Source: rfc + "3.8.2.2, 3.8.2.5",
			FR: "La fin ou la durée de l'événement ne se lit pas, ou précède le début.", EN: "The end or the duration of the event cannot be read, or comes before the start.",
		},
		ent.Rule{
			Code: CodeZeroDay, Severity: ent.SeverityWarning, Source: rfc + "3.8.2.2; usage of etalab's public holidays",
			FR: "DTEND égale DTSTART : lu comme un jour.", EN: "DTEND equals DTSTART: read as one day.",
		},
		ent.Rule{Code: CodeStamp, Severity: ent.SeverityWarning, Source: rfc + "3.8.7.2", FR: "L'horodatage (DTSTAMP) manque.", EN: "The time stamp (DTSTAMP) is missing."},
		ent.Rule{Code: CodeValue, Severity: ent.SeverityWarning, Source: rfc + "3.3", FR: "{field} : la valeur ne se lit pas.", EN: "{field}: the value cannot be read."},
		ent.Rule{Code: CodeTwice, Severity: ent.SeverityWarning, Source: rfc + "3.6.1", FR: "{field} est donné deux fois : seul le premier compte.", EN: "{field} is given twice: only the first counts."},
		ent.Rule{
			Code: CodeZone, Severity: ent.SeverityError, Source: rfc + "3.2.19",
			FR: "Le fuseau horaire est inconnu, et le fichier ne le définit pas.", EN: "The time zone is unknown, and the file does not define it.",
		},
		ent.Rule{
			Code: CodeWindowsZone, Severity: ent.SeverityWarning, Source: "CLDR, windowsZones",
			FR: "Nom de fuseau Windows sans VTIMEZONE, lu comme {zone}.", EN: "Windows zone name without VTIMEZONE, mapped to {zone}.",
		},
		ent.Rule{
			Code: CodeOlder, Severity: ent.SeverityWarning, Source: rfc + "3.8.7.4; RFC 5546, 2.1.5",
			FR: "Une version plus récente de l'événement est connue : celle-ci est laissée de côté.", EN: "A later version of the event is known: this one is left aside.",
		},
		ent.Rule{Code: CodeRule, Severity: ent.SeverityError, Source: rfc + "3.3.10", FR: "La règle de répétition ne se lit pas.", EN: "The recurrence rule cannot be read."},
		ent.Rule{
			Code: CodeFrequency, Severity: ent.SeverityError, Source: rfc + "3.3.10",
			FR: "La règle de répétition est plus fine que le jour : elle n'est pas dépliée.", EN: "The recurrence rule is finer than a day: it is not expanded.",
		},
		ent.Rule{
			Code: CodeEndless, Severity: ent.SeverityError, Source: "Cartable",
			FR: "La règle de répétition est sans fin, et aucune période n'est demandée.", EN: "The recurrence rule has no end, and no period is asked for.",
		},
		ent.Rule{
			Code: CodeOrphan, Severity: ent.SeverityWarning, Source: rfc + "3.8.4.4",
			FR: "La modification ne désigne aucune date de la série : elle est montrée telle quelle.", EN: "The change names no date of the series: it is shown as it is.",
		},
		ent.Rule{
			Code: CodeLesson, Severity: ent.SeverityError, Source: "Cartable",
			FR: "La séance n'a pas de clé, pas de date, ou finit avant de commencer.", EN: "The lesson has no key, no date, or ends before it begins.",
		},
		ent.Rule{
			Code: CodeLessonTwice, Severity: ent.SeverityError, Source: "Cartable",
			FR: "Deux séances d'un cours étaient prévues au même moment : seule la première compte.", EN: "Two lessons of a course were planned at the same time: only the first counts.",
		},
		ent.Rule{Code: CodeUnknownFeed, Severity: ent.SeverityError, Source: "Cartable", FR: "Cette adresse de calendrier n'existe pas.", EN: "This address of a calendar does not exist."},
	)
})

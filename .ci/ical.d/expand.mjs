// Expands a calendar with ical.js, by the VTIMEZONEs of the file and no other, and prints each occurrence as a line of JSON:
// UID, original start, start and end in UTC, STATUS.
//
//   node expand.mjs feed.ics
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';

const root = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], 'utf8')));
ICAL.TimezoneService.reset();
for (const zone of root.getAllSubcomponents('vtimezone')) {
  const tzid = zone.getFirstPropertyValue('tzid');
  if (ICAL.TimezoneService.has(tzid)) throw new Error(`zone known without the file: ${tzid}`);
  ICAL.TimezoneService.register(zone);
}

const minute = (time) => time.toJSDate().toISOString().slice(0, 16) + 'Z';
const say = (event, original, start, end) => console.log(JSON.stringify({
  uid: event.uid, original: minute(original), start: minute(start), end: minute(end),
  status: event.component.getFirstPropertyValue('status') ?? '', summary: event.summary,
}));

const events = root.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
for (const event of events) {
  if (event.isRecurrenceException()) continue;
  for (const other of events) {
    if (other.isRecurrenceException() && other.uid === event.uid) event.relateException(other);
  }
  if (!event.isRecurring()) {
    say(event, event.startDate, event.startDate, event.endDate);
    continue;
  }
  const iterator = event.iterator();
  for (let next = iterator.next(), n = 0; next; next = iterator.next()) {
    if (++n > 10000) throw new Error('no end');
    const details = event.getOccurrenceDetails(next);
    say(details.item, details.recurrenceId, details.startDate, details.endDate);
  }
}

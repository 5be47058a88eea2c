// Reads calendar files as ical.js does, which Thunderbird, Nextcloud and others are built on. From stdin, as JSON, files
// by a name; to stdout, by the same names, each event's start and end in seconds since 1970.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));

function read(file) {
  const calendar = new ICAL.Component(ICAL.parse(file));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const times = {};
  for (const component of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    if (event.isRecurring()) throw new Error("nothing recurs");
    times[event.uid] = [event.startDate.toUnixTime(), event.endDate.toUnixTime()];
  }
  return times;
}

const files = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, file]) => [name, read(file)]))));

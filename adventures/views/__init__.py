"""Pages of wishes, dates, calendars and memories."""

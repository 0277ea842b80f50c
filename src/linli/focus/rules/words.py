"""The sentences of findings: seen, expected, since when. Never a person, a culprit or a cause that is not known."""

from __future__ import annotations

from linli.kernel.words import sentence

MATTER = sentence("focus.title.matter", "%(matter)s")
QUIET = sentence("focus.title.quiet", "A grid that has gone quiet")
UNVERIFIED = sentence(
    "focus.title.unverified", "Register not checked for %(weeks)s week", "Register not checked for %(weeks)s weeks", count="weeks"
)
COUNTER_LOW = sentence("focus.title.counter_low", "%(counter)s reads %(percent)s%% low")
COUNTER_HIGH = sentence("focus.title.counter_high", "%(counter)s reads %(percent)s%% high")
COUNTER_TIMES = sentence("focus.title.counter_times", "%(counter)s reads %(times)s times the usual")
OVERDUE = sentence("focus.title.overdue", "%(matter)s, past the limit")
RISING = sentence("focus.title.rising", "%(matter)s, more each week")

ABOVE_REASON = sentence(
    "focus.reason.above",
    "%(seen)s report in seven days; %(low)s to %(high)s were expected.",
    "%(seen)s reports in seven days; %(low)s to %(high)s were expected.",
    count="seen",
)
ABOVE_SPAN_REASON = sentence(
    "focus.reason.above_span",
    "%(seen)s report in %(weeks)s weeks; %(low)s to %(high)s were expected.",
    "%(seen)s reports in %(weeks)s weeks; %(low)s to %(high)s were expected.",
    count="seen",
)
NEW_REASON = sentence(
    "focus.reason.new",
    "%(seen)s report, none in the %(quiet)s weeks before.",
    "%(seen)s reports, none in the %(quiet)s weeks before.",
    count="seen",
)
NEW_SPAN_REASON = sentence(
    "focus.reason.new_span",
    "%(seen)s report in %(weeks)s weeks, none in the %(quiet)s weeks before.",
    "%(seen)s reports in %(weeks)s weeks, none in the %(quiet)s weeks before.",
    count="seen",
)
QUIET_REASON = sentence(
    "focus.reason.quiet",
    "%(seen)s report in all in seven days; %(low)s to %(high)s expected. Ask whether people know where to report.",
    "%(seen)s reports in all in seven days; %(low)s to %(high)s expected. Ask whether people know where to report.",
    count="seen",
)
QUIET_SPAN_REASON = sentence(
    "focus.reason.quiet_span",
    "%(seen)s report in all in %(weeks)s weeks; %(low)s to %(high)s expected. Ask whether people know where to report.",
    "%(seen)s reports in all in %(weeks)s weeks; %(low)s to %(high)s expected. Ask whether people know where to report.",
    count="seen",
)
UNVERIFIED_REASON = sentence(
    "focus.reason.unverified",
    "%(stale)s of %(people)s resident (%(percent)s%%) not verified since %(since)s.",
    "%(stale)s of %(people)s residents (%(percent)s%%) not verified since %(since)s.",
    count="people",
)
COUNTER_LOW_REASON = sentence(
    "focus.reason.counter_low",
    "%(seen)s a day over %(days)s days; %(low)s to %(high)s expected. The way may be closed or the counter faulty.",
)
COUNTER_HIGH_REASON = sentence(
    "focus.reason.counter_high",
    "%(seen)s a day over %(days)s days; %(low)s to %(high)s expected. Something may draw people, or the counter may be faulty.",
)
LEVEL_REASON = sentence(
    "focus.reason.level",
    "%(seen)s on average over %(days)s days; %(low)s to %(high)s expected. It may have changed, or the sensor be faulty.",
)
OVERDUE_REASON = sentence(
    "focus.reason.overdue",
    "%(overdue)s case past its limit, %(before)s a week ago; it is %(longest)s days over.",
    "%(overdue)s cases past their limit, %(before)s a week ago; one is %(longest)s days over.",
    count="overdue",
)
RISING_REASON = sentence(
    "focus.reason.rising", "From about %(first)s to about %(last)s a week in %(weeks)s weeks; last week %(seen)s."
)

SUBJECT_ALL = sentence("focus.subject.all", "All reports")
SUBJECT_COUNTER = sentence("focus.subject.counter", "%(counter)s")
SUBJECT_POPULATION = sentence("focus.subject.population", "Grid %(grid)s, anything about its population")
SUBJECT_PLACELESS = sentence("focus.subject.placeless", "Reports without a place")
SUBJECT_REGISTER = sentence("focus.subject.register", "The register")
SUBJECT_GRIDS = sentence("focus.subject.grids", "Where things happen")

TOO_LITTLE_HISTORY = sentence(
    "focus.unjudged.too_little_history",
    "Only %(weeks)s week of reports is known; four before this one are needed.",
    "Only %(weeks)s weeks of reports are known; four before this one are needed.",
    count="weeks",
)
NOT_RECORDED = sentence("focus.unjudged.not_recorded", "No file of reports arrived for these seven days.")
NO_REPORTS = sentence("focus.unjudged.no_reports", "No report has ever been taken in.")
NO_READINGS = sentence("focus.unjudged.no_readings", "The counter sent nothing in these seven days.")
COUNTER_UNKNOWN = sentence("focus.unjudged.counter_unknown", "Too few readings before this week to say what is usual.")
COUNTER_DAYS = sentence(
    "focus.unjudged.counter_days", "Too few days like these are known, such as holidays, to say what is usual on them."
)
COUNTER_GAPS = sentence("focus.unjudged.counter_gaps", "%(missing)s of %(all)s hours are missing.")
NO_POPULATION = sentence("focus.unjudged.no_population", "Nobody is registered here, so nothing can be expected of it.")
NO_REGISTER = sentence("focus.unjudged.no_register", "No population file has been taken in.")
NO_GRIDS = sentence("focus.unjudged.no_grids", "No grids have been drawn or taken in.")
TOO_FEW = sentence(
    "focus.unjudged.too_few",
    "One report; too few to tell a change from chance.",
    "%(seen)s reports; too few to tell a change from chance.",
    count="seen",
)
PLACELESS = sentence(
    "focus.unjudged.placeless",
    "%(seen)s report names no place that could be found; it counts for the community, not for a grid.",
    "%(seen)s reports name no place that could be found; they count for the community, not for a grid.",
    count="seen",
)

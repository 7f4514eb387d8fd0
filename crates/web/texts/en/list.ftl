# Lists
list-new = New
list-slow = “{ $backend }” took { $seconds } s, slower than usual.
list-down = “{ $backend }” does not answer.
list-as-of = This view is a snapshot, taken:
list-no-right = No access
list-no-right-text = This role may not see the records here. Whoever administers Kontor can change that.
list-away = No records for now
list-away-text = The backend cannot be reached. Everything else goes on working.
list-past-end = The list ends here
list-past-end-text = Records have gone since you last looked.
list-to-start = To the beginning
list-no-match = Nothing found. Loosen the filter?
list-no-match-text = There are records, but none matches search and filter.
list-no-data = Nothing here yet
list-no-data-text = There is not a single record here yet.
list-hides-deleted = Deleted records are hidden ({ $field }).
count-ask = count

views = Views
view-all = All
view-keep = Save view
view-name = Name of the view
view-scope = For whom
view-personal = Only me
view-team = My team
view-everybody = Everybody
view-first = The list opens with it
view-counted = Show the count
view-save = Save view
view-overwrite = Overwrite
view-delete = Delete
view-changed = changed, not saved yet

filter = Filter
filter-add = Filter
filter-edit = Change the filter
filter-drop = Remove the filter
filter-clear = Clear all filters
filter-reset = Reset
filter-apply = Apply
filter-wrong = This filter cannot be used:
filter-text = Filter as text
filter-text-help = For example
filter-text-more = All operators with examples are in docs/filters.md.
filter-and = and
filter-or = or
filter-not = not
search-in = Search { $fields }
search-scan = Search is off: it would have to read about { $shown } records one by one. A filter helps.
search-words = “{ $words }”
search-drop = Clear the search

op-eq = is
op-ne = is not
op-lt = <
op-le = ≤
op-gt = >
op-ge = ≥
op-before = before
op-until = until
op-after = after
op-since = since
op-in = is one of
op-not-in = is none of
op-between = between
op-contains = contains
op-starts = begins with
op-ends = ends with
op-has = has
op-during = in:
op-null = has no value
op-not-null = has a value
op-empty = is empty
op-not-empty = is not empty

period-today = today
period-yesterday = yesterday
period-tomorrow = tomorrow
period-last-7-days = last 7 days
period-last-14-days = last 14 days
period-last-30-days = last 30 days
period-last-90-days = last 90 days
period-next-7-days = next 7 days
period-this-week = this week
period-last-week = last week
period-this-month = this month
period-last-month = last month
period-this-quarter = this quarter
period-last-quarter = last quarter
period-this-year = this year
period-last-year = last year

builder-test = Condition
builder-field = Field
builder-operator = Comparison
builder-value = Value
builder-period = Period
builder-other-period = or exactly: 2026-11
builder-lines = one value per line
builder-or = or …
builder-go = Go on
builder-drop = Remove the condition
builder-no-field = There is no such field.
builder-no-value = “{ $field }” still needs a value.

columns = Columns
column-pin = Always in sight
column-up = Forward
column-down = Back
column-place = Place
column-apply = Apply
column-reset = Reset
column-unsortable = The backend cannot sort by this column.

export = Export
export-note = All that filter and columns show, beyond this page too.
export-csv = CSV
export-xlsx = Excel (XLSX)
export-ndjson = NDJSON

select-all = Select all on this page
select-row = Select:
open-row = Open “{ $title }”
bulk-selection = Selection
bulk-edit = Edit
bulk-delete = Delete
bulk-export = Export
bulk-all = all matches
bulk-all-help = Not only this page but every record that the filter matches.
bulk-none = Clear the selection

pager = Pages
pager-rows = { $n ->
    [one] { $shown } row
   *[other] { $shown } rows
}
pager-all = that is all
pager-per-page = per page
pager-first = Beginning
pager-previous = Previous page
pager-next = Next page

concealed = hidden
concealed-secret = This is a secret such as a password or a key, and stays hidden.
concealed-no-right = This role may not see the value.
value-cut = Cut here; complete on the record's page.
link-dangling = Nothing is to be found behind it.

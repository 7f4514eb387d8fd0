import-export = Import / Export
import = Import
import-title = Import
import-lead = First you see what the file would change. Nothing is written before you say so.
import-file = File
import-file-help = CSV, Excel (XLSX) or NDJSON, up to 10 MB and 10,000 rows. The first row names the columns.
import-look = Check
import-other = Another file
import-fields = These fields can be filled
import-fields-help = Columns with these names are recognised by themselves, whatever their case and blanks. What Kontor exported fits as it is.
import-rows = { $n ->
    [one] { $shown } row
   *[other] { $shown } rows
}
import-kind-workbook = Excel, sheet “{ $sheet }”
import-kind-csv = CSV with { $separator }, { $encoding }
import-separator-comma = commas
import-separator-semicolon = semicolons
import-separator-tab = tabs
import-checking = { $checked } of { $rows } rows are checked.
import-nothing-yet = Nothing is written yet.
import-goes-on = This goes on when the page is closed.
import-stopping = Ends after the part that is being written.
import-stopped = Stopped.
import-ended = The check was stopped. Nothing is written.
import-new = new
import-changed = changed
import-same = the same
import-refused = refused
import-nothing-to-do = There is nothing to write.
import-refused-stay = { $n ->
    [one] The refused row is left out.
   *[other] The refused rows are left out.
}
import-apply = { $n ->
    [one] Write { $shown } record
   *[other] Write { $shown } records
}
import-rows-refused = { $n ->
    [one] { $shown } row refused
   *[other] { $shown } rows refused
}
import-rows-changed = { $n ->
    [one] { $shown } change
   *[other] { $shown } changes
}
import-rows-new = { $n ->
    [one] { $shown } new record
   *[other] { $shown } new records
}
import-rows-same = { $n ->
    [one] { $shown } record stays as it is
   *[other] { $shown } records stay as they are
}
import-row = Row { $row }
import-refused-file = Refused rows with reasons (CSV)
import-reason = Reason
import-cell = { $field }: { $why }
import-cell-text = { $field } “{ $text }”: { $why }
import-choices = The choices are: { $choices }.
import-row-twice = Row { $row } is about the same record.
import-row-not-found = There is no such record.
import-row-exists = This record is there already.
import-row-several = Several records fit.
import-row-no-key = What identifies the record is missing here.
import-columns = { $taken } of { $all } columns are taken.
import-left-out = Left out: { $columns }.
import-found-by-text = Records are found by: { $field }.
import-column = Column of the file
import-to-field = Field
import-written-as = Notation
import-no-field = – leave out –
import-field-of = Field for “{ $column }”
import-spelling-of = Notation of “{ $column }”
import-spelling-plain = 1234.50 · 2026-05-31
import-spelling-german = 1.234,50 · 31.05.2026
import-spelling-british = 1,234.50 · 31/05/2026
import-spelling-american = 1,234.50 · 05/31/2026
import-open = Could be read in two ways – please check.
import-left-no-field = No field has this name.
import-left-locked = This field cannot be changed.
import-left-taken = Another column fills this field already.
import-left-chosen = Left out as you wished.
import-found-by = Find records by
import-by-nothing = nothing – every row is new
import-mode = What to do
import-mode-both = Change and create
import-mode-change = Only change what is there
import-mode-create = Only create new ones
import-check = Check again
import-again = Check the file again
import-twice = Two columns would fill “{ $field }”; only one can.
import-not-mapped = Records are to be found by “{ $field }”, but no column fills that field.
import-no-match = To change records it must be clear by which field they are found.
import-not-ready = This import is written already, or still being checked.
import-file-large = The file is too large: no more than { $most } go at once. Please split it.
import-file-rows = The file has more than { $most } rows; no more go at once. Please split it.
import-file-columns = The file has more than { $most } columns.
import-file-empty = The file is empty: below the names of the columns there must be at least one row.
import-file-no-text = This is neither text nor an Excel file.
import-file-old = This is an Excel file of the old format (.xls). Please save it as .xlsx in Excel.
import-file-workbook = This Excel file could not be read: { $why }
import-file-quotes = Row { $row }, column { $column }: a quotation mark is not closed properly.
import-file-cells = Row { $row } has { $cells } cells, but there are only { $heads } columns.
import-file-json = Row { $row }, character { $column }: this is no JSON object.
change-import = Changes and creations
failure-not-ready = Not ready

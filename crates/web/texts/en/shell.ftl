# Frame, signing in, mosaic
skip = Skip to content
nav = Places
nav-open = Open the menu
nav-backends = Backends
nav-about = Overview
nav-more = { $n ->
    [one] { $shown } more …
   *[other] { $shown } more …
}
close = Close
cancel = Cancel
undo = Undo
copy = Copy
yes = Yes
no = No
retry = Try again
operation = Operation
name = Name
email = E-mail address
password = Password
password-help = At least 10 characters. A whole sentence is easy to remember and hard to guess.
password-repeat = Password again
language = Language
theme = Theme
theme-system = System
theme-light = Light
theme-dark = Dark
density = Rows
density-compact = Compact
density-normal = Normal
density-roomy = Roomy
read-only = read-only
sign-in = Sign in
sign-out = Sign out
sign-in-wrong = This address and password do not belong together.
sign-in-throttled = { $n ->
    [one] Too many attempts. Try again in { $shown } second.
   *[other] Too many attempts. Try again in { $shown } seconds.
}
sign-in-ended = Your session has ended. Once signed in, you go on where you were.
welcome-title = Welcome to Kontor
welcome-first = This account will be the first, with all rights. You can invite others afterwards.
welcome-invited = { $name } has invited you. Only name and password are missing.
welcome-lead = Only name and password are missing.
welcome-go = Create account
account-title = My account
people-title = People
audit-title = Audit
connect-title = Connect a backend
failure-home = To the mosaic

health-ok = running
health-slow = slow
health-down = unreachable
health-unknown = not checked yet

ago-now = just now
ago-minutes = { $n ->
    [one] { $shown } minute ago
   *[other] { $shown } minutes ago
}
ago-hours = { $n ->
    [one] { $shown } hour ago
   *[other] { $shown } hours ago
}
ago-days = { $n ->
    [one] { $shown } day ago
   *[other] { $shown } days ago
}

count-exact = { $n ->
    [one] { $shown } record
   *[other] { $shown } records
}
count-about = { $n ->
    [one] about { $shown } record
   *[other] about { $shown } records
}
count-more = { $n ->
    [one] more than { $shown } record
   *[other] more than { $shown } records
}
count-unknown = number unknown

mosaic-title = Mosaic
mosaic-views = Work queues
mosaic-count = { $n ->
    [one] { $shown } backend
   *[other] { $shown } backends
}
mosaic-unwell = { $n ->
    [one] { $shown } with problems
   *[other] { $shown } with problems
}
mosaic-resources = { $n ->
    [one] { $shown } resource
   *[other] { $shown } resources
}
mosaic-writable = { $n ->
    [one] { $shown } writable
   *[other] { $shown } writable
}
mosaic-checked = Last checked:
mosaic-unchecked = not checked yet
mosaic-proposals = { $n ->
    [one] { $shown } proposal is waiting
   *[other] { $shown } proposals are waiting
}
mosaic-empty = No backend connected yet
mosaic-empty-text = Connect a database or a service, and its records are here: readable at once, writable only when you say so.
mosaic-nothing = There is nothing for you yet
mosaic-nothing-text = You have no access to a backend yet. Whoever administers Kontor can give it to you.

palette-title = Search
palette-prompt = Search or paste a number …
palette-nothing = Nothing found.

keys-title = Keys
keys-palette = Search, paste a number
keys-home = To the mosaic
keys-help = This list
keys-close = Close, clear the selection
keys-down = Row down
keys-up = Row up
keys-sideways = Change column
keys-open = Open the record
keys-edit = Edit the cell or record
keys-type = Type over a number in a cell
keys-select = Select the row
keys-filter = Filter
keys-new = New record
keys-queue = Work through: one record after another
keys-queue-steps = Forward and back in a queue; the keys of actions stand beside them
keys-neighbours = Previous and next record of the list
keys-paste = Paste cells from a spreadsheet
keys-undo = Take the last change back

script-saved = Saved
script-undone = Taken back
script-failed = That did not work
script-offline = No connection to Kontor. Nothing was written.
script-cell-offline = No connection to Kontor. Try again to see whether this was saved; nothing is written twice.
script-cell-discard = Discard
script-slow = This takes longer than usual.
script-cancelled = Cancelled
script-copied = Copied
script-selected = selected
script-sum = Sum
script-average = Average
script-paste-text = This will be written:
script-pasted = cells pasted
script-read-only = This cell cannot be changed here.

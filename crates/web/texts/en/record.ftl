# Records
value-null = no value
value-empty = (empty)
locked-read-only = This backend is connected for reading only. The manifest can change that.
locked-resource = This list is open for reading only. The manifest can change that.
locked-field = The manifest leaves this field for reading only.
locked-no-right = Your role does not permit changes here.
locked-view = This is a view of the database; it can only be read.
locked-no-key = Without a key the records cannot be told apart safely, so they can only be read.
locked-generated = The database makes this value.
locked-type = Values of this type are only shown, so that nothing gets lost.
locked-no-privilege = The connection's account may not write here.
locked-not-offered = The service offers no way to change this.
record-actions = Actions
record-case = { $of } everywhere
case-disputed = The backends say different things.
case-hints = What is odd
case-warning = Attention
case-hint = Hint
case-facts = What is known
case-timeline-all = Show the whole timeline
case-timeline-none = Nothing is on record yet.
case-as-of = as of
case-empty = None yet:
case-unread = At the record itself:
case-beyond-many = more
case-beyond = { $n ->
    [one] one more record
   *[other] { $shown } more records
}
act-leave = Back, change nothing
said-by = { $backend } says: “{ $reason }”
action-refused = This is not possible with this record right now.
action-stale = Something has changed meanwhile ({ $now }). Nothing was written, and your entries are still here.
locked-key = The key stays as it is.
locked-kept = Set automatically.
conflict-title = Somebody else has just changed this
conflict-text = This value has changed since you opened the page. Nothing is lost: which one shall it be?
conflict-mine = Mine
conflict-theirs = Theirs
conflict-before = Before
conflict-keep-mine = Save mine
conflict-keep-theirs = Keep theirs
paste-title = Paste cells
paste-go = Paste
paste-none = Nothing of this can be pasted here.
change-before = before
change-after = after
piece-added = Added
piece-removed = Removed
piece-moved = Only the order is different.
piece-none = Nothing that is shown is different.
structure-more = { $n ->
    [one] one more
   *[other] { $shown } more
}
draft-restored = A draft that was not saved has been restored.
draft-drop = Discard the draft
save = Save
record-deleted = This record counts as deleted ({ $field }).
record-previous = Previous record of the list
record-next = Next record of the list
record-edit = Edit
record-more = More
record-copy-link = Copy address
record-delete = Delete
related-none = Nothing points here.
related-all = Show all
related-show = Show
timeline = Timeline
timeline-show = Show the timeline
timeline-none = Nothing has been changed here in Kontor yet.
timeline-together = { $n ->
    [one] together with { $shown } other
   *[other] together with { $shown } others
}
did-create = created
did-update = changed
did-delete = deleted
did-undo = took back
did-act = did “{ $action }”
tried-create = tried to create
tried-update = tried to change
tried-delete = tried to delete
tried-undo = tried to take back
tried-act = tried “{ $action }”
tried-not-written = Not written: { $why }
outcome-applied = written
outcome-partly = partly written
outcome-failed = not written
outcome-unknown = unknown whether written
outcome-running = being written
change-unknown-text = The connection broke while this was written. The record itself shows what is true; this page will say so as soon as it is settled.
change-partly-text = { $written } of { $all } records were written. The others tell their reason.
change-more = { $n ->
    [one] and { $shown } more
   *[other] and { $shown } more
}
change-undo-of = Takes back:
change-undone-by = Taken back by:
audit-entry = Audit entry
form-edit = Edit { $title }
form-new = New: { $resource }
form-create = Create
form-zone = Time zone { $zone }
form-length = { $n ->
    [one] at most { $shown } character
   *[other] at most { $shown } characters
}
form-default = the backend decides
form-none = – no value –
form-pick = Type a number or search
form-look = Look up
form-errors = { $n ->
    [one] Nothing saved yet: { $shown } entry does not fit.
   *[other] Nothing saved yet: { $shown } entries do not fit.
}
stale-text = Your entries are still here. Of these fields there are two versions: which one shall it be?
stale-text-others = Your entries are still here and clash with nothing; but other things have changed. Does it all fit together?
stale-others = Also changed since you opened this
stale-outside = changed outside of Kontor
stale-drop = Discard my changes
delete-title = Delete { $title }?
delete-marks = The record stays in the database and counts as deleted by “{ $field }”. This can be taken back.
delete-reversible = This can be taken back as long as nothing else takes its place.
delete-final = This cannot be taken back.
delete-touched = What depends on it
delete-prevented = Not yet: other records point here, and the database does not let go of it.
delete-first = What has to go first, or point elsewhere
delete-back = Back to the record
delete-confirm = To be sure, type “{ $title }”
fate-deleted = is deleted along
fate-cleared = loses the reference
fate-refuses = prevents deleting
fate-dangling = will point to nothing
bulk-title = Change several
bulk-choose = Only ticked fields are changed.
bulk-set = Change “{ $field }”
bulk-preview = Preview
bulk-preview-edit = Preview of the change
bulk-preview-delete = Preview of the deletion
bulk-changing = { $n ->
    [one] { $shown } record would change.
   *[other] { $shown } records would change.
}
bulk-deletes-none = None of these can be deleted.
bulk-deleting = { $n ->
    [one] { $shown } record would be deleted.
   *[other] { $shown } records would be deleted.
}
bulk-unchanged = { $n ->
    [one] { $shown } is that way already.
   *[other] { $shown } are that way already.
}
bulk-reversible = Nothing is written yet; afterwards all of it can be taken back at once.
bulk-final = Nothing is written yet; afterwards there is no way back.
bulk-excluded = { $n ->
    [one] { $shown } record is left out
   *[other] { $shown } records are left out
}
bulk-confirm = To be safe, type how many there are: { $shown }
bulk-not-confirmed = That is not the number this is about. Please type { $shown }.
bulk-first = The first of them
bulk-apply = { $n ->
    [one] Change { $shown } record
   *[other] Change { $shown } records
}
bulk-apply-delete = { $n ->
    [one] Delete { $shown } record
   *[other] Delete { $shown } records
}
hit-records = Records
hit-more = More
hit-all = All in “{ $resource }”
hit-views = Views
hit-actions = Actions
hit-also = also in { $backends }
hit-pages = Pages
# The server does not answer; what was read last is shown: “known as of 14:03”
hit-as-of = known as of
palette-silent = No answer from: { $backends }
palette-skipped = Not searched, since whole tables would have to be read: { $resources }
change-create = Creation
change-update = Change
change-delete = Deletion
change-act = Action
change-undo = Undo
form-not-whole = These bytes are too large for a form and stay as they are.
form-choose = – choose –
delete-not-confirmed = To delete it, type the title exactly as it stands there.

leave-title = Leave without saving?
leave-text = Your changes are not saved yet. They stay in this browser as a draft.
leave-stay = Stay here
leave-go = Leave
# Work queues
queue = Work queue
queue-start = Work through
queue-start-help = Opens one record after another; once one is dealt with, the next follows.
queue-list = List
queue-of = of
queue-left = No longer belongs to this list
queue-previous = Previous record (k)
queue-next = Next
queue-end = Finish
toast-overtaken = That was no longer possible here: somebody else got there first. On to the next one.
toast-skipped = One before it was dealt with in the meantime and has been skipped.
toast-done-queue-end = Done. That was the last record of this list.
toast-queue-end = That was the last record of this list.
toast-queue-empty = Nothing to do here at the moment.
# Forms of actions
pick-none = There is nothing left to choose here.
pick-number = How many of “{ $title }”
pick-of = of
foreseen = What it comes to
foreseen-ask = Work it out
foreseen-unasked = Appears here as soon as everything needed is given.
action-expects = Changes: { $fields }
toast-done-nothing = Done, but nothing in the record has changed that should have.
toast-done-also = Done. More has changed than expected; the timeline shows what.

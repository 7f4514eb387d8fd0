# Rooms: proposals and their evidence, drift, what else the audit knows
token-endless = good without end
audit-broken-at = First at entry { $number }, in { $count } places in all: { $detail }.
deed-manifest-failed = manifest not written
deed-proposal-rejected = rejected a proposal
deed-joined = opened the account
deed-reset = allowed a new password
deed-exported-list = exported a list
deed-other = something else
connect-again = Too much time has passed: please give the address again.
connect-name-wrong = A short name begins with a letter and has only a–z, 0–9 and -.
connect-name-taken = There is a backend of this name already.
drift-resource-added = “{ $resource }” is new.
drift-resource-removed = “{ $resource }” is gone.
drift-field-added = “{ $resource }” has a new field “{ $field }”.
drift-field-removed = “{ $resource }” no longer has the field “{ $field }”.
drift-field-retyped = “{ $resource }.{ $field }” was { $before } and is now { $now }.
drift-field-optional = “{ $resource }.{ $field }” may stay empty now.
drift-field-required = “{ $resource }.{ $field }” may no longer stay empty.
drift-key = “{ $resource }” has another key.
drift-choices-added = “{ $resource }.{ $field }” can be { $choices } now, too.
drift-choices-removed = “{ $resource }.{ $field }” can no longer be { $choices }.
drift-filter-added = “{ $resource }” can be filtered by “{ $field }” in more ways.
drift-filter-removed = “{ $resource }” can no longer be filtered by “{ $field }” as it was.
drift-order-added = “{ $resource }” can be sorted by “{ $field }” now.
drift-order-removed = “{ $resource }” can no longer be sorted by “{ $field }”.
drift-search-added = “{ $resource }” can be searched for words now.
drift-search-removed = “{ $resource }” can no longer be searched for words.
drift-create-added = Records of “{ $resource }” can be created now.
drift-create-removed = Records of “{ $resource }” can no longer be created.
drift-update-added = Records of “{ $resource }” can be changed now.
drift-update-removed = Records of “{ $resource }” can no longer be changed.
drift-delete-added = Records of “{ $resource }” can be deleted now.
drift-delete-removed = Records of “{ $resource }” can no longer be deleted.
drift-action-added = “{ $resource }” offers “{ $action }” now.
drift-action-removed = “{ $resource }” no longer offers “{ $action }”.
drift-input-added = “{ $resource }”: “{ $action }” takes “{ $input }” now, too.
drift-input-needed = “{ $resource }”: “{ $action }” needs “{ $input }” now.
drift-input-removed = “{ $resource }”: “{ $action }” no longer takes “{ $input }”.
drift-view = view “{ $name }”
drift-link = link { $from } → { $to }
drift-action = action “{ $name }”
fact-name-same = The field is called as the key is.
fact-name-resource = The field is called after the resource.
fact-name-ends = The field's name ends with the resource's.
fact-name-part = The field is called after a part of the resource's name.
fact-name-parent = The field is called as a reference to a parent.
fact-name-role = The field names what somebody does.
fact-name-all = All fields are called as those of the key.
fact-field-name = The name “{ $field }” says it.
fact-no-values = There was nothing to read; only names and types speak for it.
fact-included = { $found } of { $of } values exist there (of { $records } records).
fact-orphans = { $values } values do not exist there: { $examples }
fact-none-written-as = “{ $value }” stands for “none”, in { $records } records.
fact-one-to-one = At most one record refers to each.
fact-many-to-one = Many records may refer to one.
fact-unique = No value came twice in { $records } records.
fact-matching = { $found } of { $of } values have this form: { $examples }
fact-declared-values = The description knows only: { $values }
fact-few-values = Few values in { $records } records: { $values }
fact-empty-for = Always empty for “{ $kind }” ({ $records } records): { $fields }
fact-beside = “{ $field }” stands beside it.
fact-covers = All other fields refer: { $targets }
secret-password = A password, its hash or its salt.
secret-token = Whoever has it is let in.
secret-api-key = A key of an API or for encrypting.
secret-second-factor = Belongs to a second factor.
secret-card-number = Numbers of payment cards.
secret-card-code = Check codes of payment cards.
secret-other = Calls itself a secret.

bulk-cut = { $n ->
    [one] Only { $shown } record can be changed at once; the list has more. The others stay as they are.
   *[other] At most { $shown } records can be changed at once; the list has more. The others stay as they are.
}
bulk-written = { $n ->
    [one] { $written } of { $shown } record is written.
   *[other] { $written } of { $shown } records are written.
}
bulk-missed = { $n ->
    [one] { $shown } could not be written.
   *[other] { $shown } could not be written.
}
bulk-progress = Progress
bulk-running = This goes on when you leave the page.
bulk-look = Look again
bulk-retry = Try the others again
bulk-change = What was written
bulk-cut-off = The backend stopped answering half-way. Another attempt leaves out what is written already.
item-stale = was changed by somebody else meanwhile
item-gone = does not exist any more
item-prevented = stays, because other records depend on it
item-failed = the backend could not answer
# Actions with many records
bulk-acts = Actions
bulk-act-allowed = { $n ->
    [one] This is possible for { $shown } record.
   *[other] This is possible for { $shown } records.
}
bulk-act-none = At the moment this is not possible for any of these records.
bulk-act-go = { $n ->
    [one] { $shown } record
   *[other] { $shown } records
}
bulk-act-one-by-one = One after another; each has its own entry in the timeline.
bulk-stop = Stop
bulk-stopping = Stops after the record that is under way.
bulk-stopped = Stopped. What is left can be continued below.
bulk-rest = Go on with the rest
item-unknown = The answer was lost; a look at the record shows what holds.
act-done = { $shown } done
act-not-allowed = { $shown } refused
act-unchanged = { $shown } already so
act-gone = { $shown } not there any more
act-unknown = { $shown } unclear
act-open = { $shown } still open
bulk-undo = { $n ->
    [one] Take { $shown } back
   *[other] Take all { $shown } back
}
bulk-back = Back to the list
bulk-act-reversible = Afterwards it can be taken back.
bulk-act-records = These are meant
foreseen-late = No answer about this one yet.

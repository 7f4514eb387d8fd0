# Backends, people, account, audit, connecting
all = all
days = { $n ->
    [one] { $shown } day
   *[other] { $shown } days
}
role = Role
roles = Roles
role-administrator = administers
role-editor = edits
role-reader = reads
role-nothing = no access
role-general = as everywhere
role-everywhere = Everywhere
role-help = Holds for all backends for which nothing else is chosen.
role-exceptions = { $n ->
    [one] { $shown } exception
   *[other] { $shown } exceptions
}
state = State
last-seen = Last here
person-active = active
person-invited = invited
person-disabled = locked
person-disable = Lock
person-enable = Unlock
person-reset = Allow a new password
person-reset-made = A new password can be chosen at this address:
people-count = { $n ->
    [one] { $shown } person
   *[other] { $shown } people
}
invite = Invite somebody
invite-help = This makes an address to pass on. Kontor itself sends no e-mails.
invite-go = Invite
invite-made = Invitation for { $email }:
shown-now = Shown only now.

zone = Time zone
password-present = Present password
password-new = New password
password-change = Change password
sessions = Signed in on
sessions-none = Signed in nowhere.
sessions-others = Sign out everywhere else
session-this = this device
session-end = Sign out
tokens = API tokens
tokens-help = For programs that work through the API with your rights.
tokens-none = No API tokens.
token-made = The new token:
token-title = What for
token-scope = May
token-read = read
token-write = read and change
token-days = Good for
token-make = Create token
token-until = good until
token-used = used
token-unused = never used
token-end = Revoke

audit-lead = Every change, every sign-in, every export, chained against tampering. The entries of one change stand as one line, so the numbers jump.
audit-check = Check the chain
audit-sound = { $n ->
    [one] { $shown } entry checked, untampered
   *[other] { $shown } entries checked, untampered
}
audit-broken = The chain is broken.
audit-nothing = No entries
audit-nothing-text = Nothing is recorded for this choice.
audit-newer = Newer
audit-older = Older
audit-number = No.
audit-when = When
audit-who = Who
audit-what = What
audit-subject = To what
audit-outcome = Outcome
audit-backend = Backend
audit-from = From
audit-until = Until
deed-created = { $n ->
    [one] created { $shown } record
   *[other] created { $shown } records
}
deed-changed = { $n ->
    [one] changed { $shown } record
   *[other] changed { $shown } records
}
deed-deleted = { $n ->
    [one] deleted { $shown } record
   *[other] deleted { $shown } records
}
deed-action = “{ $action }”
deed-acted = { $n ->
    [one] did an action with { $shown } record
   *[other] did an action with { $shown } records
}
deed-undid = { $n ->
    [one] took back a change of { $shown } record
   *[other] took back a change of { $shown } records
}
deed-exported = { $n ->
    [one] exported { $shown } record
   *[other] exported { $shown } records
}
deed-signed-in = signed in
deed-sign-in-failed = sign-in failed
deed-signed-out = signed out
deed-invited = invited
deed-roles = changed roles
deed-disabled = locked
deed-enabled = unlocked
deed-password = changed the password
deed-token-made = created an API token
deed-token-ended = revoked an API token
deed-session-ended = ended a session
deed-connected = connected a backend
deed-manifest = changed the manifest

backend-read = Read the schema again
backend-resources = Resources
index-title = Search
index-help = Kontor remembers what can be searched for here. So everything is found at once, even while the backend does not answer.
index-records = Remembered
index-state = State
index-fresh = Last read
index-whole = complete
index-reading = being read: { $records } so far
index-waiting = waiting
index-stuck = cannot be read
backend-left-out = Not usable
resource = Resource
resource-records = Records
resource-kind = Kind
resource-key = Key
resource-no-key = no key
resource-change = Changes
resource-writable = writable
kind-table = table
kind-view = view
kind-materialized = materialised view
kind-foreign = foreign table
kind-collection = list of a service
drift = The schema has changed
drift-help = What still fits goes on working. Last read:
drift-breaking = Take care:
drift-nothing = touches nothing
drift-touches = touches
connection = Connection
connection-address = Address
connection-replica = For reading
connection-budget = Budget
connection-budget-text = at most { $connections } connections, { $timeout } ms per query, { $rows } rows per answer
connection-manifest = Manifest
connection-writable = changes are permitted
connection-reads = reading only
proposals = { $n ->
    [one] { $shown } proposal
   *[other] { $shown } proposals
}
proposals-help = Concluded from names, types and samples. Accepted ones go to the manifest; nothing changes in the backend.
proposals-accept = Accept ticked ones
proposals-reject = Reject ticked ones
proposal-link = Link
proposal-title = Title
proposal-soft-delete = Deleted mark
proposal-list = List in text
proposal-money = Money
proposal-translation = Translation
proposal-inheritance = Kinds
proposal-stamps = Time stamps
proposal-join = Join table
proposal-status = Status
proposal-secret = Secret
confidence-high = very sure
confidence-medium = likely
confidence-low = have a look

connect-lead = Kontor only reads what the backend says of itself and creates nothing in it. Best with an account that may only read.
connect-address = Address
connect-address-help = Of a database (SQLite, PostgreSQL, MySQL/MariaDB), or of a service that speaks OpenAPI or GraphQL
connect-example-user = reader:password
connect-sign-in = The service asks to sign in
connect-sign-in-help = For a database, user and password stand in the address.
connect-auth = With
connect-auth-missing = Something is missing for this way to sign in.
connect-auth-described = what the service describes
connect-auth-bearer = a token (bearer)
connect-auth-basic = user and password
connect-auth-header = a key in a header
connect-auth-query = a key in the address
connect-auth-oauth2 = OAuth 2 (client credentials)
connect-auth-user = User
connect-auth-header-name = Name of the header
connect-auth-parameter = Name of the parameter
connect-auth-client = Client ID
connect-auth-secret = Token, password or key
connect-token-url = Address for tokens
connect-scopes = Scopes
connect-look = Look inside
connect-found = Found
connect-proposals = { $n ->
    [one] with { $shown } proposal
   *[other] with { $shown } proposals
}
connect-name = Title
connect-short = Short name
connect-name-help = Stands in addresses and names the manifest: a–z, 0–9 and -
connect-encrypted = encrypted in the manifest
connect-variable = in the environment variable { $name }
connect-keep-help = It is stored in plain text nowhere.
connect-reads = read only
connect-writes = read and change
connect-write-help = Can be set for each resource in the manifest later.
connect-write = Write manifest

linking-title = Links
linking-lead = What refers in one backend to records of another.
linking-compared = Compared
linking-compare = Compare backends
linking-cost = { $n ->
    [one] { $shown } query
   *[other] { $shown } queries
}
linking-help = Concluded from names and samples of both sides. Accepted ones go to the manifest of the backend that refers; nothing changes in the backends.
linking-never = Not compared yet
linking-never-text = A comparison reads a few samples of every backend and proposes what belongs together.
linking-nothing = No open proposals
linking-nothing-text = The last comparison found nothing new.
linking-in-force = In force
linking-none = No backend refers to another yet.
linking-elsewhere = Links to other backends
linking-backend = Backend
linking-from = From
linking-to = To
linking-coverage = Found
linking-unmeasured = not measured yet
linking-share = { $percent } %
linking-fallen = { $percent } %, was { $best } % before
linking-fallen-banner = Less is found here than before: { $links }. Perhaps records are missing there, or values are written differently.
linking-names = The names mean the same.
linking-here = { $found } of { $of } values are in “{ $backend }”.
linking-there = { $found } of { $of } values of “{ $backend }” occur here.
linking-orphans = Without a counterpart, for example: { $values }.
linking-one-to-one = At most one refers to each.
linking-many = Several may refer to the same one.
linking-examples = For example
linking-value = This makes the value the other one: { $steps }.
linking-one-way = There is no way back from there: it is not certain.
value-trim = leave out blanks at the ends
value-strip = leave out “{ $text }” everywhere
value-remove-prefix = leave out “{ $text }” at the beginning
value-unpad = leave out the leading zeros of the { $width } digits
value-pad = fill up with zeros to { $width } digits
value-add-prefix = put “{ $text }” before it
value-ignore-case = disregard upper and lower case

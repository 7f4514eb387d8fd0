-- One text for SQLite and PostgreSQL. Instants are BIGINT microseconds since 1970 (UTC), yes and
-- no are BIGINT 1 and 0, JSON is TEXT.

CREATE TABLE kontor_user (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL UNIQUE,
    password_hash TEXT,
    is_admin BIGINT NOT NULL,
    language TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    density TEXT NOT NULL,
    theme TEXT NOT NULL,
    disabled BIGINT NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE kontor_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id TEXT REFERENCES kontor_user (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used BIGINT
);
CREATE INDEX kontor_link_user ON kontor_link (user_id);

CREATE TABLE kontor_grant (
    user_id TEXT NOT NULL REFERENCES kontor_user (id) ON DELETE CASCADE,
    backend TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, backend)
);

CREATE TABLE kontor_team_member (
    user_id TEXT NOT NULL REFERENCES kontor_user (id) ON DELETE CASCADE,
    team TEXT NOT NULL,
    PRIMARY KEY (user_id, team)
);

CREATE TABLE kontor_session (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES kontor_user (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    idle_expires BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    user_agent TEXT NOT NULL,
    ip TEXT NOT NULL
);
CREATE INDEX kontor_session_user ON kontor_session (user_id);

CREATE TABLE kontor_token (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES kontor_user (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    backends TEXT NOT NULL,
    role TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT,
    last_used BIGINT,
    revoked BIGINT
);
CREATE INDEX kontor_token_user ON kontor_token (user_id);

CREATE TABLE kontor_throttle (
    key TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_failure BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

CREATE TABLE kontor_view (
    id TEXT NOT NULL PRIMARY KEY,
    owner_kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    backend TEXT NOT NULL,
    resource TEXT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    position BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);
CREATE INDEX kontor_view_resource ON kontor_view (backend, resource);
CREATE INDEX kontor_view_owner ON kontor_view (owner_kind, owner);

CREATE TABLE kontor_verdict (
    backend TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    verdict TEXT NOT NULL,
    who TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (backend, kind, subject)
);

CREATE TABLE kontor_snapshot (
    backend TEXT NOT NULL,
    number BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (backend, number)
);

CREATE TABLE kontor_setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    updated BIGINT NOT NULL
);

CREATE TABLE kontor_job (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    requested_by TEXT,
    state TEXT NOT NULL,
    created BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_until BIGINT,
    last_error TEXT,
    progress TEXT,
    result TEXT,
    finished BIGINT
);
CREATE INDEX kontor_job_due ON kontor_job (state, run_at);
CREATE INDEX kontor_job_requested ON kontor_job (requested_by, created);

CREATE TABLE kontor_audit (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    operation TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    backend TEXT,
    resource TEXT,
    record_key TEXT,
    body TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX kontor_audit_record ON kontor_audit (backend, resource, record_key, seq);
CREATE INDEX kontor_audit_operation ON kontor_audit (operation);
CREATE INDEX kontor_audit_actor ON kontor_audit (actor_id, seq);

CREATE TABLE kontor_audit_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    seal TEXT NOT NULL
);

CREATE TABLE kontor_open_change (
    operation TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    backend TEXT NOT NULL,
    body TEXT NOT NULL
);

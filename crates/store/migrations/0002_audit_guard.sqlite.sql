-- The audit is append-only. Who drops these triggers is found by `kontor audit verify`.

CREATE TRIGGER kontor_audit_no_update BEFORE UPDATE ON kontor_audit
BEGIN
    SELECT RAISE(ABORT, 'kontor_audit is append-only');
END;

CREATE TRIGGER kontor_audit_no_delete BEFORE DELETE ON kontor_audit
BEGIN
    SELECT RAISE(ABORT, 'kontor_audit is append-only');
END;

-- The audit is append-only. Who drops these triggers is found by `kontor audit verify`.

CREATE FUNCTION kontor_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'kontor_audit is append-only';
END
$$;

CREATE TRIGGER kontor_audit_no_change BEFORE UPDATE OR DELETE ON kontor_audit
    FOR EACH ROW EXECUTE FUNCTION kontor_audit_refuse();

CREATE TRIGGER kontor_audit_no_truncate BEFORE TRUNCATE ON kontor_audit
    FOR EACH STATEMENT EXECUTE FUNCTION kontor_audit_refuse();

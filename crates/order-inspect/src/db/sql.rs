//! One SQL text for both engines: what SQLite writes another way is written for it here, and nowhere else.

/// PostgreSQL's text as SQLite reads it: `$1` becomes `?1` (SQLite would number `$1` by first use),
/// `= ANY($1)` becomes a look into the list, `FOR UPDATE` falls away (one connection writes).
pub(super) fn for_sqlite(sql: &str) -> String {
    let sql = sql.replace(" FOR UPDATE OF s", "").replace(" FOR UPDATE OF o", " FOR UPDATE");
    let sql = sql.replace(" FOR UPDATE SKIP LOCKED", "").replace(" FOR UPDATE", "");
    let mut text = String::with_capacity(sql.len() + 64);
    let mut rest = sql.as_str();
    while let Some(at) = rest.find(['$', '\'', '=']) {
        let (before, here) = rest.split_at(at);
        text.push_str(before);
        if let Some((number, after)) = list_look_up(here) {
            text.push_str("IN (SELECT value FROM json_each(?");
            text.push_str(number);
            text.push_str("))");
            rest = after;
        } else if let Some(quoted) = here.strip_prefix('\'') {
            let end = quoted.find('\'').map_or(here.len(), |end| end + 2);
            text.push_str(&here[..end]);
            rest = &here[end..];
        } else if let Some(after) = here.strip_prefix('$') {
            text.push('?');
            rest = after;
        } else {
            text.push('=');
            rest = &here[1..];
        }
    }
    text.push_str(rest);
    text
}

/// `= ANY($7)…` as its number and what follows.
fn list_look_up(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("= ANY($")?.split_once(')')
}

/// A definition of tables, written for PostgreSQL, as SQLite reads it: whole numbers are one type there,
/// tables are strict, and texts are compared byte by byte without being told.
pub(super) fn definition_for_sqlite(sql: &str) -> String {
    let sql =
        sql.replace("BIGINT", "INTEGER").replace("BOOLEAN", "INTEGER").replace("BYTEA", "BLOB");
    let sql = sql.replace(" COLLATE \"C\"", "");
    sql.replace("\n);", "\n) STRICT;")
}

#[cfg(test)]
mod tests {
    use super::{definition_for_sqlite, for_sqlite};

    #[test]
    fn numbers_keep_their_meaning_whatever_their_order() {
        assert_eq!(for_sqlite("SELECT $2, $1 WHERE a = $2"), "SELECT ?2, ?1 WHERE a = ?2");
    }

    #[test]
    fn a_list_is_looked_into() {
        assert_eq!(
            for_sqlite("SELECT 1 FROM t WHERE id = ANY($1) AND b >= $2 ORDER BY id FOR UPDATE"),
            "SELECT 1 FROM t WHERE id IN (SELECT value FROM json_each(?1)) AND b >= ?2 ORDER BY id"
        );
    }

    #[test]
    fn a_text_in_quotes_is_left_alone() {
        assert_eq!(for_sqlite("SELECT '$1 = ANY($2)', $1"), "SELECT '$1 = ANY($2)', ?1");
    }

    #[test]
    fn tables_become_strict() {
        assert_eq!(
            definition_for_sqlite("CREATE TABLE a (\n  id BIGINT PRIMARY KEY\n);"),
            "CREATE TABLE a (\n  id INTEGER PRIMARY KEY\n) STRICT;"
        );
    }
}

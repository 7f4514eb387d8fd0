//! Full text search: SQLite's FTS5 or PostgreSQL's tsvector behind the same questions. Texts come as
//! folded words, so that both engines find the same: every word of a question is the beginning of a word.

use super::{DbError, Tx, tx::Inner};
use crate::args;

const FOR_SQLITE: &str = "CREATE VIRTUAL TABLE IF NOT EXISTS product_search USING fts5( \
     words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0', \
     prefix = '2 3 4')";
const FOR_POSTGRES: &str = "CREATE TABLE IF NOT EXISTS product_search ( \
       product_id BIGINT PRIMARY KEY REFERENCES product (id), words TSVECTOR NOT NULL); \
     CREATE INDEX IF NOT EXISTS product_search_by_words ON product_search USING GIN (words);";

impl Tx {
    /// Makes the index if there is none yet.
    pub(super) async fn prepare_search(&mut self) -> Result<(), DbError> {
        if !self.is_sqlite() {
            // Servers that start together make it once.
            self.batch("SELECT pg_advisory_xact_lock(7301953)").await?;
        }
        let definition = if self.is_sqlite() { FOR_SQLITE } else { FOR_POSTGRES };
        self.batch(definition).await
    }

    /// From now on a product is found by these words.
    pub async fn index_words(&mut self, product: i64, words: &str) -> Result<(), DbError> {
        if self.is_sqlite() {
            self.run("DELETE FROM product_search WHERE rowid = $1", args![product]).await?;
            let sql = "INSERT INTO product_search (rowid, words) VALUES ($1, $2)";
            self.run(sql, args![product, words]).await?;
        } else {
            let sql = "INSERT INTO product_search (product_id, words) \
                       VALUES ($1, to_tsvector('simple', $2)) \
                       ON CONFLICT (product_id) DO UPDATE SET words = excluded.words";
            self.run(sql, args![product, words]).await?;
        }
        Ok(())
    }

    /// The products that are found by all of the words, each possibly only begun: the newest so many. The
    /// words have letters and digits only.
    pub async fn found_products(
        &mut self,
        words: &[String],
        most: i64,
    ) -> Result<Vec<i64>, DbError> {
        let (sql, question) = if self.is_sqlite() {
            let terms: Vec<String> = words.iter().map(|word| format!("\"{word}\"*")).collect();
            let sql = "SELECT rowid AS product_id FROM product_search \
                       WHERE product_search MATCH $1 ORDER BY rowid DESC LIMIT $2";
            (sql, terms.join(" AND "))
        } else {
            let terms: Vec<String> = words.iter().map(|word| format!("'{word}':*")).collect();
            let sql = "SELECT product_id FROM product_search \
                       WHERE words @@ to_tsquery('simple', $1) ORDER BY product_id DESC LIMIT $2";
            (sql, terms.join(" & "))
        };
        let rows = self.rows(sql, args![question, most]).await?;
        rows.iter().map(|row| row.get("product_id")).collect()
    }

    fn is_sqlite(&self) -> bool {
        matches!(self.inner, Inner::Sqlite(_))
    }
}

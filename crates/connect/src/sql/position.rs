//! Keyset paging: the records after (or before) a place, on any order, with nulls and ties.

use kontor_model::query::ROW_ID;
use kontor_model::{Cursor, Engine, Resource, Sort, Value};

use super::{Bind, Writer};

/// A step of the order with the direction in which it is walked now.
#[derive(Clone, Copy)]
struct Step<'a> {
    field: usize,
    descending: bool,
    value: &'a Value,
}

impl Writer<'_> {
    /// ` ORDER BY …` in the engine's own order of nulls, which its indexes have.
    pub(super) fn ordered(&mut self, resource: &Resource, sort: &[Sort], backward: bool) {
        if sort.is_empty() {
            return;
        }
        self.push(" ORDER BY ");
        self.join(sort, ", ", |w, step| {
            w.sort_expression(resource, step.field);
            w.push(if step.descending != backward { " DESC" } else { "" });
        });
    }

    pub(super) fn sort_expression(&mut self, resource: &Resource, field: usize) {
        match resource.fields.get(field) {
            Some(field) => self.sort_key("t", field),
            None => {
                self.push("t.").push(resource.row_id.as_deref().unwrap_or("rowid"));
            }
        }
    }

    /// The condition that a record lies beyond the cursor.
    pub(super) fn beyond(
        &mut self,
        resource: &Resource,
        sort: &[Sort],
        cursor: &Cursor,
        backward: bool,
    ) {
        let steps: Vec<Step<'_>> = sort
            .iter()
            .zip(&cursor.values)
            .map(|(sort, value)| Step {
                field: sort.field,
                descending: sort.descending != backward,
                value,
            })
            .collect();
        let inclusive = cursor.skip > 0;
        if self.can_compare_rows(resource, &steps) {
            self.row_comparison(resource, &steps, inclusive);
        } else {
            self.push("(");
            self.leading_bound(resource, &steps);
            self.nested(resource, &steps, inclusive);
            self.push(")");
        }
    }

    /// One comparison of whole rows is one range of an index; MySQL does not see that.
    fn can_compare_rows(&self, resource: &Resource, steps: &[Step<'_>]) -> bool {
        self.engine != Engine::Mysql
            && steps.iter().all(|step| {
                step.descending == steps[0].descending
                    && !step.value.is_null()
                    && resource.fields.get(step.field).is_none_or(|field| !field.nullable)
            })
    }

    fn row_comparison(&mut self, resource: &Resource, steps: &[Step<'_>], inclusive: bool) {
        self.push("(");
        self.join(steps, ",", |w, step| {
            w.sort_expression(resource, step.field);
        });
        self.push(match (steps[0].descending, inclusive) {
            (false, false) => ") > (",
            (false, true) => ") >= (",
            (true, false) => ") < (",
            (true, true) => ") <= (",
        });
        self.join(steps, ",", |w, step| w.place(resource, step));
        self.push(")");
    }

    /// Tells the planner the range that the nested condition implies.
    fn leading_bound(&mut self, resource: &Resource, steps: &[Step<'_>]) {
        let Some(first) = steps.first() else { return };
        let nullable = resource.fields.get(first.field).is_some_and(|field| field.nullable);
        if first.value.is_null() || nullable || steps.len() < 2 {
            return;
        }
        self.sort_expression(resource, first.field);
        self.push(if first.descending { " <= " } else { " >= " });
        self.place(resource, first);
        self.push(" AND ");
    }

    /// `a > x OR (a = x AND (b > y OR …))`, nulls where the engine sorts them.
    fn nested(&mut self, resource: &Resource, steps: &[Step<'_>], inclusive: bool) {
        let Some((step, rest)) = steps.split_first() else {
            self.push(if inclusive { "1=1" } else { "1=0" });
            return;
        };
        self.push("(");
        self.strictly_beyond(resource, step);
        if rest.is_empty() && !inclusive {
            self.push(")");
            return;
        }
        self.push(" OR (");
        self.sort_expression(resource, step.field);
        if step.value.is_null() {
            self.push(" IS NULL");
        } else {
            self.push(" = ");
            self.place(resource, step);
        }
        if !rest.is_empty() {
            self.push(" AND ");
            self.nested(resource, rest, inclusive);
        }
        self.push("))");
    }

    fn strictly_beyond(&mut self, resource: &Resource, step: &Step<'_>) {
        let nulls_come_last = self.engine.nulls_sort_last() != step.descending;
        let nullable = resource.fields.get(step.field).is_some_and(|field| field.nullable);
        if step.value.is_null() {
            if nulls_come_last {
                self.push("1=0");
            } else {
                self.sort_expression(resource, step.field);
                self.push(" IS NOT NULL");
            }
            return;
        }
        let or_null = nulls_come_last && nullable;
        self.push(if or_null { "(" } else { "" });
        self.sort_expression(resource, step.field);
        self.push(if step.descending { " < " } else { " > " });
        self.place(resource, step);
        if or_null {
            self.push(" OR ");
            self.sort_expression(resource, step.field);
            self.push(" IS NULL)");
        }
    }

    fn place(&mut self, resource: &Resource, step: &Step<'_>) {
        match resource.fields.get(step.field) {
            Some(field) => self.operand(field, step.value),
            None => {
                debug_assert_eq!(step.field, ROW_ID);
                match self.engine {
                    Engine::Postgres => self.cast_postgres("tid", step.value),
                    Engine::Sqlite | Engine::Mysql => {
                        let bind: Bind = super::plain_bind(step.value);
                        self.bind(bind);
                    }
                }
            }
        }
    }
}

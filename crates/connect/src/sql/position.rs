//! Keyset paging: the records after (or before) a place, on any order, with nulls and ties.

use super::Dialect;
use kontor_model::query::ROW_ID;
use kontor_model::{Cursor, FieldType, Query, Resource, Value};

use super::dialect::may_be_long;
use super::exact::is_loose;
use super::{Bind, Writer, plain_bind};

/// What is compared of a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// What the engine orders by.
    Natural,
    /// All of it, where the engine takes different values for the same. Without it records of a
    /// resource without a key would come in another order each time.
    Exact,
}

/// A step of the order with the direction in which it is walked now.
#[derive(Clone, Copy)]
struct Step<'a> {
    field: usize,
    form: Form,
    descending: bool,
    value: &'a Value,
}

/// How many steps of the order make up a place; records that are alike in these are told apart by
/// their number. In a view a long text may be the outcome of a subquery that runs again for each
/// time it is named, and it fits into no address.
pub(crate) fn placing_steps(resource: &Resource, query: &Query) -> usize {
    if query.total_order {
        return query.sort.len();
    }
    let light =
        query.sort.iter().skip(1).take_while(|step| !is_heavy(resource, step.field)).count();
    query.sort.len().min(light + 1)
}

pub(super) fn is_heavy(resource: &Resource, field: usize) -> bool {
    let field = resource.fields.get(field);
    field.is_some_and(|field| may_be_long(&field.ty) || field.ty == FieldType::Bytes)
}

impl Writer<'_> {
    /// The fields and forms to order by, and whether each is asked for descending.
    fn forms(&self, resource: &Resource, query: &Query) -> Vec<(usize, Form, bool)> {
        let mut forms = Vec::with_capacity(query.sort.len() * 2);
        for (place, step) in query.sort.iter().enumerate() {
            forms.push((place, Form::Natural, step.descending));
            let field = resource.fields.get(step.field);
            if !query.total_order && field.is_some_and(|field| is_loose(self.dialect, field)) {
                forms.push((place, Form::Exact, step.descending));
            }
        }
        forms
    }

    /// ` ORDER BY …` in the engine's own order of nulls, which its indexes have.
    pub(super) fn ordered(&mut self, resource: &Resource, query: &Query) {
        let forms = self.forms(resource, query);
        let direction = |descending: bool| if descending != query.backward { " DESC" } else { "" };
        // Records that tie all the same still come in one order.
        let rest: Vec<usize> = (0..resource.fields.len())
            .filter(|field| !query.total_order && query.sort.iter().all(|s| s.field != *field))
            .collect();
        if forms.is_empty() && rest.is_empty() {
            return;
        }
        self.push(" ORDER BY ");
        self.join(&forms, ", ", |w, &(place, form, descending)| {
            w.expression(resource, query.sort[place].field, form);
            w.push(direction(descending));
        });
        self.push(if forms.is_empty() || rest.is_empty() { "" } else { ", " });
        self.join(rest, ", ", |w, field| {
            let field = &resource.fields[field];
            match w.dialect {
                Dialect::Mysql => {
                    w.read_mysql("t", field, kontor_model::ColumnMode::Whole);
                }
                Dialect::Postgres | Dialect::Sqlite => w.exact_key("t", field),
            }
            w.push(direction(false));
        });
    }

    fn expression(&mut self, resource: &Resource, field: usize, form: Form) {
        match (resource.fields.get(field), form) {
            (Some(field), Form::Natural) => self.sort_key("t", field),
            (Some(field), Form::Exact) => self.exact_key("t", field),
            (None, _) => {
                self.push("t.").push(resource.row_id.as_deref().unwrap_or("rowid"));
            }
        }
    }

    fn steps<'v>(&self, resource: &Resource, query: &Query, values: &'v [Value]) -> Vec<Step<'v>> {
        let placing = placing_steps(resource, query);
        self.forms(resource, query)
            .into_iter()
            .filter(|(place, ..)| *place < placing)
            .filter_map(|(place, form, descending)| {
                Some(Step {
                    field: query.sort[place].field,
                    form,
                    descending: descending != query.backward,
                    value: values.get(place)?,
                })
            })
            .collect()
    }

    /// The condition that a record lies beyond the cursor.
    pub(super) fn beyond(&mut self, resource: &Resource, query: &Query, cursor: &Cursor) {
        let steps = self.steps(resource, query, &cursor.values);
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

    /// The condition that a record has these sort values.
    pub(super) fn at(&mut self, resource: &Resource, query: &Query, values: &[Value]) {
        let steps = self.steps(resource, query, values);
        self.push("(");
        self.join(&steps, " AND ", |w, step| w.same(resource, step));
        self.push(")");
    }

    /// One comparison of whole rows is one range of an index; MySQL does not see that.
    fn can_compare_rows(&self, resource: &Resource, steps: &[Step<'_>]) -> bool {
        self.dialect != Dialect::Mysql
            && steps.iter().all(|step| {
                step.descending == steps[0].descending
                    && !step.value.is_null()
                    && resource.fields.get(step.field).is_none_or(|field| !field.nullable)
            })
    }

    fn row_comparison(&mut self, resource: &Resource, steps: &[Step<'_>], inclusive: bool) {
        self.push("(");
        self.join(steps, ",", |w, step| w.expression(resource, step.field, step.form));
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
        self.expression(resource, first.field, first.form);
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
        let at_place_too = rest.is_empty() && inclusive && !step.value.is_null();
        self.beyond_step(resource, step, at_place_too);
        if rest.is_empty() && (!inclusive || at_place_too) {
            self.push(")");
            return;
        }
        self.push(" OR (");
        self.same(resource, step);
        if !rest.is_empty() {
            self.push(" AND ");
            self.nested(resource, rest, inclusive);
        }
        self.push("))");
    }

    fn same(&mut self, resource: &Resource, step: &Step<'_>) {
        self.expression(resource, step.field, step.form);
        if step.value.is_null() && !self.quotes_null(step) {
            self.push(" IS NULL");
        } else {
            self.push(" = ");
            self.place(resource, step);
        }
    }

    /// SQLite's `quote` writes NULL as a text like any other.
    fn quotes_null(&self, step: &Step<'_>) -> bool {
        self.dialect == Dialect::Sqlite && step.form == Form::Exact
    }

    fn beyond_step(&mut self, resource: &Resource, step: &Step<'_>, or_at: bool) {
        let nulls_come_last = self.dialect.nulls_sort_last() != step.descending;
        let nullable = resource.fields.get(step.field).is_some_and(|field| field.nullable);
        if step.value.is_null() && !self.quotes_null(step) {
            if nulls_come_last {
                self.push("1=0");
            } else {
                self.expression(resource, step.field, step.form);
                self.push(" IS NOT NULL");
            }
            return;
        }
        let or_null = nulls_come_last && nullable;
        self.push(if or_null { "(" } else { "" });
        self.expression(resource, step.field, step.form);
        self.push(match (step.descending, or_at) {
            (true, false) => " < ",
            (true, true) => " <= ",
            (false, false) => " > ",
            (false, true) => " >= ",
        });
        self.place(resource, step);
        if or_null {
            self.push(" OR ");
            self.expression(resource, step.field, step.form);
            self.push(" IS NULL)");
        }
    }

    fn place(&mut self, resource: &Resource, step: &Step<'_>) {
        if let (Dialect::Sqlite, Value::Decimal(hex)) = (self.dialect, step.value) {
            // A text that is no UTF-8 (see `Take::Place`).
            let bytes = kontor_model::value::unhex(hex).unwrap_or_default();
            self.push(if step.form == Form::Exact { "quote(" } else { "(" });
            self.push("CAST(").bind(Bind::Bytes(bytes)).push(" AS TEXT))");
            return;
        }
        match (resource.fields.get(step.field), step.form) {
            (Some(field), Form::Natural) => self.operand(field, step.value),
            (Some(field), Form::Exact) => self.exact_operand(field, step.value),
            (None, _) => {
                debug_assert_eq!(step.field, ROW_ID);
                match self.dialect {
                    Dialect::Postgres => self.cast_postgres("tid", step.value),
                    Dialect::Sqlite | Dialect::Mysql => {
                        self.bind(plain_bind(step.value));
                    }
                }
            }
        }
    }
}

//! The list of what all engines must do, run over each.

use kontor_model::Engine;

use crate::bed::Bed;

macro_rules! contract {
    ($($module:ident { $($sentence:ident,)+ })+) => {
        contract!(@on on_sqlite, Engine::Sqlite, $($module { $($sentence,)+ })+);
        contract!(@on on_postgresql, Engine::Postgres, $($module { $($sentence,)+ })+);
        contract!(@on on_mysql, Engine::Mysql, $($module { $($sentence,)+ })+);
    };
    (@on $engine_module:ident, $engine:expr, $($module:ident { $($sentence:ident,)+ })+) => {
        mod $engine_module {
            use super::*;

            $(mod $module {
                use super::*;

                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    crate::$module::$sentence(Bed::of($engine).await).await;
                })+
            })+
        }
    };
}

contract! {
    reading {
        names_with_spaces_quotes_and_reserved_words_are_read_and_written,
        keys_references_and_defaults_are_found,
        a_unique_index_over_required_fields_is_the_key_where_none_is_declared,
        generated_and_automatic_fields_are_told_apart,
        a_list_shows_the_beginning_of_long_texts_and_the_size_of_byte_strings,
        a_stream_gives_all_records_in_order,
        linked_records_are_read_along_without_changing_the_list,
        records_are_read_along_only_where_there_is_one_at_most,
    }
    paging {
        every_order_is_walked_forward_and_back_without_losing_a_record,
        a_composite_key_in_both_directions_is_walked,
        a_resource_without_a_key_is_walked_with_its_duplicates,
        a_view_of_duplicates_is_walked_by_its_content,
        the_row_cap_of_the_budget_bounds_a_page,
    }
    filters {
        every_test_finds_what_it_should,
        signs_of_patterns_are_taken_as_they_are,
        a_list_of_values_may_be_empty_short_or_long,
        nested_conditions_keep_to_the_rules_of_null,
        a_condition_over_a_link_looks_at_the_other_resource,
    }
    counts {
        a_count_is_exact_within_its_budget,
        a_count_beyond_its_budget_says_so,
        records_that_fields_do_not_tell_apart_are_counted,
    }
    writing {
        a_stale_edit_is_refused_with_the_present_values,
        a_record_that_is_gone_is_told_from_a_stale_one,
        letter_case_blanks_and_emptiness_count_in_what_was_seen,
        each_kind_of_rule_names_itself_and_its_fields,
        a_refused_record_leaves_the_others_applied,
        a_changed_key_is_the_new_address,
        the_key_that_the_database_made_comes_back,
        a_composite_key_comes_back,
        a_deleted_record_is_gone_and_can_be_put_back,
        several_records_of_one_key_are_never_written,
        a_record_that_a_trigger_keeps_is_not_called_stale,
        an_opening_for_reading_is_refused_by_the_database_itself,
        writing_what_is_there_already_is_no_conflict,
    }
    declared {
        what_a_statement_is_given_is_bound_and_never_read_as_sql,
        a_statement_that_touches_more_than_it_may_writes_nothing,
        a_statement_that_finds_nothing_says_whether_somebody_was_quicker,
        what_a_statement_does_along_is_taken_back_with_it,
        what_the_database_has_of_its_own_is_called,
        a_statement_is_understood_before_it_is_ever_run,
        a_statement_is_refused_where_only_reading_is_permitted,
    }
    budget {
        a_slow_statement_is_ended_and_the_connection_goes_on,
        a_request_that_nobody_waits_for_is_cancelled_in_the_database,
        there_are_never_more_connections_than_permitted,
        a_stream_that_is_left_gives_its_connection_back,
        a_long_stream_needs_little_memory,
        what_was_allowed_once_is_not_allowed_for_ever,
    }
    closing {
        closing_leaves_no_session_and_no_file_behind,
        closing_waits_for_what_is_at_work,
        closing_does_not_wait_for_ever,
        what_everybody_has_let_go_of_is_closed,
    }
}

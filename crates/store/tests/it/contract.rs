//! The list of what both engines must do, run over each.

use crate::bed::Bed;
use crate::postgres::Server;

macro_rules! contract {
    ($($module:ident { $($sentence:ident,)+ })+) => {
        mod on_sqlite {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    crate::$module::$sentence(crate::bed::Bed::sqlite()).await;
                })+
            })+
        }

        /// All sentences in one test: they share a server, each has its own schema.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn the_whole_contract_holds_on_postgresql() {
            let server = Server::start();
            let mut broken = Vec::new();
            $($({
                let name = concat!(stringify!($module), "::", stringify!($sentence));
                let schema = format!("s{}", line_of(name));
                let bed = Bed::postgres(&server.url(), &schema);
                if tokio::spawn(crate::$module::$sentence(bed)).await.is_err() {
                    broken.push(name);
                }
            })+)+
            assert!(broken.is_empty(), "broken on PostgreSQL: {broken:#?}");
        }
    };
}

/// A name for the schema that is short and the same each time.
fn line_of(name: &str) -> String {
    name.bytes().fold(5381_u64, |sum, byte| sum.wrapping_mul(33) ^ u64::from(byte)).to_string()
}

contract! {
    audit {
        entries_get_numbers_without_gaps_and_a_chain_that_verifies,
        a_timeline_is_newest_first_and_goes_on_below_a_number,
        a_filter_lets_through_what_it_names_and_nothing_else,
        a_change_is_open_from_its_intent_to_its_outcome,
        an_operation_is_not_opened_twice_nor_closed_twice,
        one_bad_request_does_not_harm_those_of_the_same_moment,
        a_text_with_nul_is_refused_before_it_reaches_the_database,
        two_stores_append_at_the_same_time_and_the_chain_is_one,
        a_store_that_is_torn_down_while_appending_is_intact_when_opened_again,
        verifying_goes_on_while_others_append,
        an_entry_appended_in_a_transaction_shares_its_fate,
        an_entry_that_fails_in_a_transaction_takes_it_down_even_if_ignored,
        a_closed_store_records_nothing_and_says_so,
    }
    tampering {
        the_database_itself_refuses_to_change_the_audit,
        an_altered_entry_is_found,
        every_column_of_an_entry_is_protected,
        a_removed_entry_is_found,
        swapped_entries_are_found_with_their_former_numbers,
        an_entry_rewritten_with_a_right_hash_breaks_the_chain,
        a_whole_chain_rewritten_without_the_key_is_found_at_the_head,
        a_tail_that_is_cut_off_is_found,
        a_tail_that_is_cut_off_with_the_head_put_back_by_hand_is_found,
        a_forged_head_is_not_sealed_again_by_the_next_entry,
        a_head_that_vanished_is_not_made_anew,
        an_entry_put_behind_the_end_is_found,
        another_key_is_noticed,
    }
    transactions {
        work_that_answers_ok_is_committed_and_work_that_fails_is_not,
        work_that_is_dropped_half_way_leaves_nothing_and_no_lock,
        a_transaction_reads_its_own_writes_and_others_do_not,
        a_transaction_can_be_awaited_in_a_spawned_task,
        a_transaction_that_its_work_keeps_is_an_error_and_is_rolled_back,
        work_that_panics_leaves_nothing_and_no_lock,
        a_row_that_cannot_be_read_names_table_and_column,
        a_newer_store_is_refused,
        a_store_of_another_build_is_refused,
        opening_many_times_at_the_same_time_makes_one_store,
    }
    people {
        an_email_is_unique_regardless_of_case,
        each_change_of_a_user_leaves_the_others_as_they_are,
        two_who_lower_each_other_at_once_are_not_both_told_that_one_remains,
        a_link_completes_no_account_that_is_disabled,
        the_first_administrator_counts_once_they_can_sign_in,
        a_link_is_redeemed_once_and_not_after_its_end,
        withdrawn_links_are_worthless_and_others_are_not,
        a_grant_replaces_the_one_before_it,
        teams_are_set_as_a_whole,
        removing_a_user_removes_what_is_theirs,
    }
    signing_in {
        a_session_ends_idle_and_absolutely,
        a_rotated_session_has_only_its_new_secret,
        sessions_are_listed_and_revoked_one_by_one_or_all_but_one,
        a_disabled_user_has_neither_session_nor_token,
        a_token_ends_when_it_expires_or_is_revoked,
        failures_are_counted_until_they_are_forgotten,
        a_failure_that_was_none_is_taken_back_with_its_wait,
        a_place_is_known_until_it_is_forgotten,
    }
    views {
        a_user_finds_their_own_their_teams_and_their_roles_views,
        a_view_is_saved_moved_and_removed,
    }
    memory {
        a_decision_replaces_the_one_before_it_and_can_be_forgotten,
        a_snapshot_is_appended_only_where_the_schema_changed,
        a_setting_keeps_every_digit,
    }
    jobs {
        a_job_enqueued_in_a_failed_transaction_does_not_exist,
        jobs_are_claimed_in_order_and_not_before_their_time,
        two_workers_never_claim_the_same_job,
        a_job_whose_worker_fell_silent_is_claimed_again_then_given_up,
        a_worker_that_lost_its_claim_can_write_nothing,
        a_retry_is_put_off_longer_each_time_until_it_is_given_up,
        a_cancelled_job_is_noticed_at_the_next_heartbeat,
        finished_jobs_keep_their_result_until_purged,
    }
}

//! The cases every database must pass. A database crate's test lists them all with
//! `storage_suite!(crate::make)`, where `async fn make() -> Fixture` gives an empty, migrated database.

#![expect(
    clippy::unwrap_used,
    reason = "a case is a test: what goes wrong must end it"
)]
#![expect(missing_docs, reason = "the cases' names say what they show")]

mod sample;
mod searches;

pub mod alerts;
pub mod audit;
pub mod budgets;
pub mod changes;
pub mod console;
pub mod damage;
pub mod invites;
pub mod keys;
pub mod leases;
pub mod listings;
pub mod members;
pub mod names;
pub mod people;
pub mod policies;
pub mod retention;
pub mod schedules;
pub mod sessions;
pub mod steps;
pub mod stores;
pub mod tenants;
pub mod texts;
pub mod totals;
pub mod trace_blocks;
pub mod trace_counts;
pub mod trace_search;
pub mod trace_views;
pub mod traces;
pub mod upgrade;
pub mod vault;
pub mod whole;

use std::pin::Pin;
use std::sync::Arc;

use crate::port::Storage;

/// A database as the cases take it.
pub type Db = Arc<dyn Storage>;

/// An empty database for one case.
pub struct Fixture {
    storage: Db,
    end: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Fixture {
    /// A migrated database, and what removes it after the case has passed. After a failure it is left
    /// for whoever looks into it.
    pub fn new(storage: Db, end: impl Future<Output = ()> + Send + 'static) -> Self {
        Self {
            storage,
            end: Box::pin(end),
        }
    }

    /// The database.
    pub fn storage(&self) -> Db {
        Arc::clone(&self.storage)
    }

    /// Closes the database and removes it.
    pub async fn end(self) {
        self.storage.close().await;
        self.end.await;
    }
}

/// Makes a test of every case, over the databases that `$make` gives.
#[macro_export]
macro_rules! storage_suite {
    ($make:path) => {
        $crate::storage_suite! { @rooms $make;
            alerts:
                an_alert_comes_back_as_it_was,
                alerts_stay_up_to_their_limit,
                an_alert_is_changed_and_removed,
                a_name_stands_for_one_alert_of_a_workspace,
                of_two_who_want_to_look_one_does,
                alerts_of_a_suspended_workspace_wait_and_begin_anew,
                an_alert_fires_once_until_it_is_quiet,
                events_are_kept_by_age_and_number,
                of_two_who_want_to_send_one_does,
                workspaces_send_in_turn,
                alerts_stay_in_their_workspace_and_go_with_it;
            audit:
                an_entry_comes_back_as_it_was,
                entries_are_read_page_by_page_from_either_end,
                a_place_is_taken_once,
                of_many_who_add_at_once_one_does,
                an_entry_needs_its_workspace,
                a_log_goes_with_its_workspace;
            budgets:
                what_may_have_been_written_is_counted,
                records_are_counted_once,
                a_budget_counts_the_change_itself,
                the_money_of_the_step_is_counted,
                sums_of_money_stop_at_the_end_of_the_range,
                keys_that_took_over_share_the_budget,
                fifty_at_once_keep_the_budget;
            changes:
                a_change_comes_back_as_it_was,
                a_change_begins_proposed_or_approved,
                a_change_needs_its_workspace,
                ids_are_unique_in_a_workspace,
                workspaces_do_not_see_each_others,
                a_note_is_added_to_the_journal,
                notes_at_once_are_all_kept,
                a_known_change_leaves_nothing_of_the_new_one;
            invites:
                an_invitation_comes_back_as_it_was,
                only_open_ones_are_listed_and_ones_own,
                one_is_taken_back_once,
                accepting_gives_a_place_or_nothing,
                of_many_who_accept_at_once_one_does,
                an_address_has_one_open_invitation,
                ended_ones_are_removed_oldest_first;
            console:
                a_call_comes_back_as_it_was,
                history_keeps_the_newest,
                saved_calls_stay_up_to_their_limit,
                of_many_who_save_the_last_one_does,
                a_saved_call_is_renamed_and_removed,
                one_answer_a_person_is_kept,
                calls_are_the_persons_own,
                a_call_needs_its_workspace;
            keys:
                a_key_comes_back_as_it_was,
                ids_are_unique,
                a_key_needs_its_workspace,
                lists_are_newest_first_and_ones_own,
                revoking_keeps_the_first_date,
                the_latest_use_wins,
                an_active_store_is_of_the_same_workspace,
                a_deleted_store_is_nobodys_active_store,
                a_key_comes_with_its_policy,
                a_new_key_takes_over_once,
                nothing_takes_over_from_what_has_ended;
            leases:
                one_holds_a_lease_until_it_ends,
                leases_are_apart,
                a_lease_is_held_for_longer,
                a_lease_that_ended_is_free_and_counts_on,
                of_many_who_take_at_once_one_does,
                a_step_needs_its_lease,
                a_step_gives_the_lease_back,
                a_record_that_is_made_has_two_names,
                a_change_that_is_applied_is_revised_under_its_lease;
            listings:
                lists_go_back_page_by_page,
                lists_are_filtered,
                overdue_proposals_are_found_oldest_first,
                what_a_dead_process_left_is_found,
                the_oldest_is_looked_after_first;
            members:
                a_change_needs_the_role_that_was_seen,
                ending_sessions_counts_for_those_elsewhere,
                shutting_out_ends_sessions_for_good;
            names:
                a_name_stands_for_its_change,
                the_first_known_name_decides,
                a_name_that_ran_out_goes_over,
                a_name_goes_over_when_its_change_came_to_nothing,
                of_two_adders_of_one_name_one_is_known,
                names_in_any_order_do_not_block_each_other,
                of_many_who_take_a_name_over_one_does;
            people:
                a_person_comes_back_as_they_were,
                addresses_and_places_are_unique,
                a_place_needs_its_workspace,
                members_are_listed_and_ones_own,
                a_person_may_be_in_several_workspaces,
                names_and_passwords_are_set,
                the_last_owner_stays,
                of_two_owners_who_step_down_at_once_one_stays,
                shutting_out_keeps_the_first_date,
                the_latest_sight_wins,
                a_members_store_is_of_the_same_workspace;
            policies:
                a_policy_comes_back_as_it_was,
                a_policy_is_of_a_key_of_the_same_workspace,
                stops_are_listed_widest_first,
                the_first_stop_stays_until_it_is_removed,
                a_stop_needs_its_workspace_and_a_target;
            retention:
                what_a_workspace_chose_comes_back,
                the_oldest_calls_go_first_and_no_others,
                blocks_go_whole,
                a_block_that_much_finds_goes_whole,
                so_much_is_thrown_away_at_once_and_no_more,
                two_processes_throw_each_call_away_once,
                calls_are_thrown_away_while_their_workspace_is_removed,
                what_is_kept_is_counted,
                what_calls_take_is_told,
                a_stretch_is_counted_up_to_the_most,
                a_stretch_holds_whole_blocks;
            schedules:
                a_schedule_comes_back_as_it_was,
                schedules_stay_up_to_their_limit,
                a_name_stands_for_one_schedule_of_a_workspace,
                a_schedule_is_changed_switched_and_removed,
                a_schedule_is_taken_once_until_its_lease_ends,
                schedules_are_taken_in_turn_and_those_that_wait_longest_first,
                schedules_of_a_suspended_workspace_wait,
                only_who_has_a_schedule_settles_it,
                schedules_stay_in_their_workspace_and_go_with_it;
            sessions:
                a_session_comes_back_as_it_was,
                hashes_are_unique,
                a_session_ends_after_its_last_millisecond,
                saving_replaces_what_may_change,
                saving_does_not_bring_back_what_was_removed,
                somebodys_sessions_are_listed_and_ended,
                removing_a_workspaces_sessions_leaves_the_others,
                expired_ones_are_removed_oldest_first;
            steps:
                a_step_changes_what_it_sets,
                a_bare_step_changes_the_state_only,
                only_the_steps_of_the_table_are_taken,
                a_step_from_elsewhere_changes_nothing,
                of_many_who_step_at_once_one_does,
                only_the_intent_looks_at_budgets_and_stops,
                a_stop_keeps_changes_from_beginning,
                a_deleted_store_keeps_changes_from_beginning,
                nothing_begins_after_a_stop_was_told;
            stores:
                a_store_comes_back_as_it_was,
                ids_and_names_are_unique_in_a_workspace,
                workspaces_do_not_see_each_others,
                a_store_needs_its_workspace,
                lists_are_by_compared_name,
                what_cannot_be_stored_is_not_found,
                an_update_needs_what_was_seen,
                a_deleted_store_is_not_there,
                a_restored_store_is_as_the_record_says,
                what_hangs_on_a_store_is_counted,
                only_old_deletions_are_purged;
            tenants:
                a_workspace_comes_with_its_first_key,
                figures_count_what_is_ones_own,
                a_workspace_is_renamed,
                suspending_keeps_the_first_date,
                a_workspace_goes_with_all_that_is_its_own,
                names_are_unique,
                a_taken_key_leaves_no_workspace,
                unknown_ones_are_not_found;
            texts:
                free_texts_are_cut,
                ids_that_do_not_fit_are_refused,
                unicode_and_large_images_come_back,
                texts_of_a_step_never_cost_it;
            totals:
                no_calls_are_no_totals,
                calls_are_counted_by_how_long_they_took,
                calls_are_counted_by_outcome_and_cache,
                slots_begin_at_their_multiples,
                stores_are_told_apart,
                what_took_effect_is_added_up_by_store,
                the_first_call_of_a_tool_is_remembered,
                a_door_once_used_is_remembered;
            trace_blocks:
                payloads_come_back_for_each_call_of_a_block,
                calls_of_overlapping_blocks_come_back,
                each_condition_finds_it_in_blocks,
                pages_follow_across_blocks,
                a_page_says_how_far_it_looked_in_blocks,
                a_search_that_read_enough_goes_on_where_it_stopped,
                neighbours_are_found_across_blocks,
                lists_go_back_across_blocks,
                calls_of_blocks_are_counted_one_by_one,
                of_too_many_in_blocks_the_newest_are_counted;
            trace_counts:
                calls_are_counted_one_by_one,
                of_too_many_the_newest_are_counted,
                hours_add_up_what_began_in_them,
                margins_count_by_one_thing_at_a_time,
                of_too_many_sums_whole_hours_are_counted,
                a_batch_sent_again_is_counted_once,
                counts_stay_in_their_workspace_and_go_with_it;
            trace_search:
                each_condition_finds_what_it_says,
                pages_follow_without_gaps_or_doubles,
                a_page_says_how_far_it_looked,
                a_search_stays_in_its_workspace,
                the_neighbours_of_a_call_are_its_keys;
            trace_views:
                a_view_comes_back_as_it_was,
                views_stay_up_to_their_limit,
                of_many_who_keep_the_last_one_does,
                a_view_is_renamed_and_removed,
                a_name_stands_for_one_view_of_a_person,
                views_are_the_persons_own,
                a_view_needs_its_workspace;
            traces:
                a_trace_comes_back_as_it_was,
                sending_a_batch_again_changes_nothing,
                one_id_twice_in_a_batch_counts_once,
                traces_of_gone_workspaces_are_left_out,
                odd_values_are_fitted,
                lists_go_back_page_by_page,
                lists_are_filtered,
                workspaces_do_not_see_each_others,
                spans_of_many_are_read_at_once,
                a_large_batch_is_whole;
            vault:
                the_first_check_stays,
                two_processes_get_the_same_check;
            whole:
                a_ping_leaves_nothing_behind,
                sixty_four_writers_never_fail,
                unicode_and_large_blobs_come_back,
                a_closed_database_is_unavailable;
        }
    };
    (@rooms $make:path; $($room:ident: $($case:ident),+;)+) => {$(
        mod $room {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let fixture = $make().await;
                $crate::suite::$room::$case(fixture.storage()).await;
                fixture.end().await;
            }
        )+}
    )+};
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// A case that is written and not listed would never run.
    #[test]
    fn every_case_is_listed() {
        let folder = Path::new("src/suite");
        let list = fs::read_to_string(folder.join("mod.rs")).unwrap();
        let mut cases = 0;
        for file in fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
        {
            let text = fs::read_to_string(&file).unwrap();
            for case in text
                .lines()
                .filter_map(|line| line.strip_prefix("pub async fn "))
            {
                let name = case.split('(').next().unwrap();
                assert!(
                    list.contains(&format!("    {name}")),
                    "{name} of {} is not listed",
                    file.display()
                );
                cases += 1;
            }
        }
        assert!(cases > 30, "only {cases} cases were found");
    }
}

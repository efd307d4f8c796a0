//! Who may call which server function, and what is sent with it.

use orderdesk_mcp_contract::Right;

use super::super::For;
use super::super::fixture::Fixture;

/// What is sent to a server function, by what there is.
pub(super) type Form = fn(&Fixture) -> Vec<(&'static str, String)>;

const NONE: Form = |_| Vec::new();
const STORE: Form = |f| vec![("id", f.store_uid.clone())];
const CHANGE: Form = |f| vec![("id", f.waiting_id.clone())];
const KEY: Form = |f| vec![("id", f.proposer_id.clone())];
const TRACE: Form = |f| vec![("id", f.trace_id.clone())];
const STOP: Form = |f| {
    vec![
        ("scope", "store".into()),
        ("target", f.store_uid.clone()),
        ("reason", "x".into()),
    ]
};
const LOOK: For = For::Having(Right::Look);
const PROPOSE: For = For::Having(Right::Propose);
const APPROVE: For = For::Having(Right::Approve);
const STOP_OR_RESUME: For = For::Having(Right::Stop);
const STORES: For = For::Having(Right::Stores);
const KEYS: For = For::Having(Right::Keys);
const PEOPLE: For = For::Having(Right::People);
const SETTINGS: For = For::Having(Right::Settings);
const PAYLOADS: For = For::Having(Right::Payloads);
const MEMBER: Form = |f| vec![("id", f.member_id.clone())];
const ALERT: Form = |f| vec![("id", f.alert_id.clone())];
const SCHEDULE: Form = |f| vec![("id", f.schedule_id.clone())];
pub(crate) const ROWS: [(&str, For, Form); 86] = [
    ("/api/list_tenants", For::Instance, NONE),
    ("/api/set_suspended", For::Instance, |f| {
        vec![("id", f.tenant_id.clone()), ("suspended", "true".into())]
    }),
    ("/api/export_tenant", For::Instance, |f| {
        vec![("id", f.tenant_id.clone())]
    }),
    ("/api/delete_tenant", For::Instance, |f| {
        vec![("id", f.tenant_id.clone()), ("typed_name", "x".into())]
    }),
    ("/api/join", For::Anybody, |_| {
        vec![
            ("code", "odm_in_wrong".into()),
            ("name", "x".into()),
            ("password", "correct horse battery".into()),
        ]
    }),
    ("/api/switch_tenant", LOOK, |f| {
        vec![("tenant", f.tenant_id.clone())]
    }),
    ("/api/my_account", LOOK, NONE),
    ("/api/set_my_name", LOOK, |_| {
        vec![("name", "Renamed".into())]
    }),
    ("/api/set_retention", SETTINGS, |_| {
        vec![("keep_days", "0".into())]
    }),
    ("/api/rename_workspace", SETTINGS, |_| {
        vec![("tenant_name", " ".into())]
    }),
    ("/api/change_my_password", LOOK, |_| {
        vec![
            ("password", "wrong horse battery".into()),
            ("new_password", "another long password".into()),
        ]
    }),
    ("/api/end_my_session", LOOK, |f| {
        vec![("id", f.member_id.clone())]
    }),
    ("/api/end_my_other_sessions", LOOK, NONE),
    ("/api/list_people", PEOPLE, NONE),
    ("/api/invite_person", PEOPLE, |_| {
        vec![("email", "nobody".into()), ("role", "viewer".into())]
    }),
    ("/api/revoke_invite", PEOPLE, |f| {
        vec![("id", f.invite_id.clone())]
    }),
    ("/api/set_role", PEOPLE, |f| {
        vec![("id", f.member_id.clone()), ("role", "viewer".into())]
    }),
    ("/api/set_disabled", PEOPLE, |f| {
        vec![("id", f.member_id.clone()), ("disabled", "true".into())]
    }),
    ("/api/end_sessions", PEOPLE, MEMBER),
    ("/api/sign_in", For::Anybody, |_| {
        vec![("master_key", "odm_mk_wrong".into())]
    }),
    ("/api/sign_out", For::Anybody, NONE),
    ("/api/set_theme", For::Anybody, |_| {
        vec![("theme", "dark".into())]
    }),
    ("/api/who_am_i", LOOK, NONE),
    ("/api/dashboard", LOOK, NONE),
    ("/api/connections", KEYS, NONE),
    ("/api/list_stores", LOOK, NONE),
    ("/api/is_sandbox_offered", LOOK, NONE),
    ("/api/get_store", LOOK, STORE),
    ("/api/test_store", LOOK, STORE),
    ("/api/edit_store", STORES, |f| {
        vec![
            ("id", f.store_uid.clone()),
            ("store_name", "Mine".into()),
            ("seen", "1".into()),
        ]
    }),
    ("/api/restore_store", STORES, STORE),
    ("/api/check_store", STORES, |_| {
        vec![
            ("store_id", "8".into()),
            ("api_key", "wrongKey0123456789".into()),
        ]
    }),
    ("/api/add_store", STORES, |_| {
        vec![
            ("store_id", "8".into()),
            ("api_key", "wrongKey0123456789".into()),
        ]
    }),
    ("/api/add_sandbox", STORES, NONE),
    ("/api/attention", LOOK, NONE),
    ("/api/search", LOOK, |f| vec![("text", f.store_name())]),
    ("/api/list_changes", LOOK, |f| {
        vec![("filter", format!("store={}", f.store_uid))]
    }),
    ("/api/list_traces", LOOK, |f| {
        vec![("query", format!("order:{}", f.order_id))]
    }),
    ("/api/newer_traces", LOOK, |_| {
        vec![("after", "0".repeat(26))]
    }),
    ("/api/count_traces", LOOK, NONE),
    ("/api/save_trace_view", LOOK, |_| {
        vec![("name", "Mine".into()), ("query", "status:error".into())]
    }),
    ("/api/rename_trace_view", LOOK, |f| {
        vec![("id", f.view_id.clone()), ("name", "Mine".into())]
    }),
    ("/api/remove_trace_view", LOOK, |f| {
        vec![("id", f.view_id.clone())]
    }),
    ("/api/complete_query", LOOK, NONE),
    ("/api/tell_story", LOOK, |f| {
        vec![("call", f.trace_id.clone())]
    }),
    ("/api/list_alerts", LOOK, NONE),
    ("/api/save_alert", SETTINGS, |f| {
        vec![
            ("id", f.alert_id.clone()),
            ("name", "Mine".into()),
            ("query", "status:error".into()),
            ("threshold", "5".into()),
            ("window", "5".into()),
        ]
    }),
    ("/api/switch_alert", SETTINGS, ALERT),
    ("/api/keep_alert_here", SETTINGS, ALERT),
    ("/api/remove_alert", SETTINGS, ALERT),
    ("/api/try_alert", SETTINGS, ALERT),
    ("/api/list_schedules", LOOK, NONE),
    ("/api/save_schedule", SETTINGS, |f| {
        vec![
            ("id", f.schedule_id.clone()),
            ("name", "Mine".into()),
            ("query", "status:error".into()),
            ("place", "folder".into()),
        ]
    }),
    ("/api/switch_schedule", SETTINGS, SCHEDULE),
    ("/api/remove_schedule", SETTINGS, SCHEDULE),
    ("/api/get_trace", LOOK, TRACE),
    ("/api/read_trace", PAYLOADS, TRACE),
    ("/api/peek_trace", LOOK, TRACE),
    ("/api/compare_traces", LOOK, |f| {
        vec![("a", f.trace_id.clone()), ("b", f.other_trace_id.clone())]
    }),
    ("/api/change_choices", LOOK, NONE),
    ("/api/list_approvals", LOOK, NONE),
    ("/api/get_change", LOOK, CHANGE),
    ("/api/deny_change", APPROVE, CHANGE),
    ("/api/approve_change", APPROVE, |f| {
        vec![("id", f.waiting_id.clone()), ("plan_hash", "0".repeat(64))]
    }),
    ("/api/undo_change", PROPOSE, CHANGE),
    ("/api/list_keys", KEYS, NONE),
    ("/api/get_key", KEYS, KEY),
    ("/api/new_key_form", KEYS, NONE),
    ("/api/create_key", KEYS, |_| {
        vec![
            ("name", "Made".into()),
            ("access", "read".into()),
            ("policy[window_minutes]", "60".into()),
        ]
    }),
    ("/api/made_key", KEYS, KEY),
    ("/api/key_is_saved", KEYS, KEY),
    ("/api/rotate_key", KEYS, |f| {
        vec![
            ("id", f.proposer_id.clone()),
            ("overlap_hours", "24".into()),
        ]
    }),
    ("/api/set_key_policy", KEYS, |f| {
        vec![
            ("id", f.proposer_id.clone()),
            ("policy[window_minutes]", "60".into()),
            ("policy[tools][]", "orders_get".into()),
        ]
    }),
    ("/api/revoke_key", KEYS, |f| {
        vec![("id", f.proposer_id.clone()), ("typed_name", "API".into())]
    }),
    ("/api/get_console", LOOK, NONE),
    ("/api/get_console_tool", LOOK, |f| {
        vec![("call", f.call_id.clone())]
    }),
    ("/api/check_console_arguments", LOOK, |_| {
        vec![("tool", "orders_get".into())]
    }),
    ("/api/run_console_tool", LOOK, |f| {
        let arguments = format!("{{\"change_id\": \"{}\"}}", f.waiting_id);
        vec![
            ("tool", "changes_get".into()),
            ("arguments", arguments),
            ("dry_run", "false".into()),
        ]
    }),
    // In capitals, which mean the same store: a refusal says again what was asked for.
    ("/api/console_choices", LOOK, |f| {
        vec![
            ("picker", "order".into()),
            ("store", f.store_name().to_uppercase()),
        ]
    }),
    ("/api/list_console_calls", LOOK, NONE),
    ("/api/save_console_call", LOOK, |_| {
        vec![("tool", "orders_list".into()), ("name", "Mine".into())]
    }),
    ("/api/rename_console_call", LOOK, |f| {
        vec![("id", f.call_id.clone()), ("name", "Mine".into())]
    }),
    ("/api/remove_console_call", LOOK, |f| {
        vec![("id", f.call_id.clone())]
    }),
    ("/api/stop_writes", STOP_OR_RESUME, STOP),
    ("/api/resume_writes", STOP_OR_RESUME, STOP),
    ("/api/delete_store", STORES, |f| {
        vec![("id", f.store_uid.clone()), ("typed_name", f.store_name())]
    }),
];

/// What names something of the first workspace, and so is not there for a stranger.
pub(super) const OF_ANOTHER: [&str; 39] = [
    "/api/save_alert",
    "/api/switch_alert",
    "/api/keep_alert_here",
    "/api/remove_alert",
    "/api/try_alert",
    "/api/save_schedule",
    "/api/switch_schedule",
    "/api/remove_schedule",
    "/api/compare_traces",
    "/api/tell_story",
    "/api/rename_trace_view",
    "/api/remove_trace_view",
    "/api/get_trace",
    "/api/read_trace",
    "/api/switch_tenant",
    "/api/revoke_invite",
    "/api/set_role",
    "/api/set_disabled",
    "/api/end_sessions",
    "/api/get_console_tool",
    "/api/rename_console_call",
    "/api/remove_console_call",
    "/api/get_store",
    "/api/test_store",
    "/api/edit_store",
    "/api/restore_store",
    "/api/delete_store",
    "/api/get_change",
    "/api/deny_change",
    "/api/approve_change",
    "/api/undo_change",
    "/api/get_key",
    "/api/made_key",
    "/api/key_is_saved",
    "/api/rotate_key",
    "/api/set_key_policy",
    "/api/revoke_key",
    "/api/stop_writes",
    "/api/resume_writes",
];

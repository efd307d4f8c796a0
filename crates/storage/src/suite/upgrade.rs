//! What a database holds before a migration, and what it must hold after it. Each database's own test applies the migrations.

use std::collections::BTreeMap;

use crate::record::DurationClass;
use crate::row::hour_of;
use orderdesk_mcp_contract::UtcMillis;

/// The statements that add a workspace with calls of all lengths before 0006, and the calls of tools that it must have counted
/// then: hour, class and number, in order. Every other one of the 186 has carried `payload`, as the database writes bytes.
pub fn calls_from_before(payload: &str) -> (String, Vec<(i64, i64, i64)>) {
    let tenant = "01AAAAAAAAAAAAAAAAAAAAAAAA";
    let mut counted: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    let mut fill = format!(
        "INSERT INTO tenants (id, name, name_key, created_at) VALUES ('{tenant}', 'a', 'a', 1);"
    );
    let powers = (0..62).map(|number| 1_i64 << number);
    let durations = powers.flat_map(|power| [power - 1, power, power + power / 3]);
    for (number, duration_us) in (0..).zip(durations) {
        let started_at = number * 60_000;
        let door = if number % 7 == 0 { "web" } else { "mcp" };
        let carried = if number % 2 == 0 {
            format!("1, {payload}")
        } else {
            "NULL, NULL".to_owned()
        };
        fill.push_str(&format!(
            "INSERT INTO traces (tenant_id, id, door, tool, started_at, duration_us, input_bytes, output_bytes,
                                 sealed_key_version, sealed_payload)
             VALUES ('{tenant}', '{number:026}', '{door}', 'orders_get', {started_at}, {duration_us}, 1, 1, {carried});"
        ));
        if door == "mcp" {
            let class = DurationClass::of(duration_us).number();
            let hour = hour_of(UtcMillis(started_at));
            *counted.entry((hour, class)).or_default() += 1;
        }
    }
    let counted = counted.into_iter();
    (
        fill,
        counted
            .map(|((hour, class), calls)| (hour, class, calls))
            .collect(),
    )
}

/// What 0008 must make of the steps of the first of those calls, `steps_from_before` having added them.
pub const STEPS: &str = r#"[["cache","read \"orders\"",0,40,true,{"hit":false}],["upstream","GET /orders/{id}",50,900,false,{"status":503,"tokens_remaining":null}]]"#;

/// The statements that add steps to the first of those calls before 0008, the later one first; `yes` and `no` as the database
/// writes them.
pub fn steps_from_before(yes: &str, no: &str) -> String {
    format!(
        r#"INSERT INTO trace_spans (tenant_id, trace_id, position, kind, name, offset_us, duration_us, ok, attributes)
           SELECT tenant_id, id, 1, 'upstream', 'GET /orders/{{id}}', 50, 900, {no}, '{{"status":503,"tokens_remaining":null}}'
           FROM traces WHERE id = '{0:026}'
           UNION ALL
           SELECT tenant_id, id, 0, 'cache', 'read "orders"', 0, 40, {yes}, '{{"hit":false}}'
           FROM traces WHERE id = '{0:026}';"#,
        0
    )
}

/// The statements that add a workspace and two entries of its audit log; `hash` as the database writes 32 bytes.
pub fn audit_log(hash: &str) -> String {
    let tenant = "01AAAAAAAAAAAAAAAAAAAAAAAA";
    let entry = |seq| {
        format!(
            "INSERT INTO audit_entries (tenant_id, seq, at, act, door, facts, hash)
             VALUES ('{tenant}', {seq}, 1, 'create_key', 'cli', '{{}}', {hash});"
        )
    };
    format!(
        "INSERT INTO tenants (id, name, name_key, created_at) VALUES ('{tenant}', 'a', 'a', 1);{}{}",
        entry(1),
        entry(2)
    )
}

/// What nobody may do to entries by a slip of the program.
pub const AUDIT_SLIPS: [&str; 4] = [
    "UPDATE audit_entries SET facts = '[]' WHERE seq = 1",
    "UPDATE audit_entries SET seq = 9 WHERE seq = 2",
    "DELETE FROM audit_entries WHERE seq = 2",
    "DELETE FROM audit_entries",
];

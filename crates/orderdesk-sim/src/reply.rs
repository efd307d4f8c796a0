//! The envelope every answer comes in.

use std::time::Duration;

use serde_json::Value;

use crate::php;
use crate::store::Event;
use crate::switches::{EmptyMaps, Timing, UnknownRecord};

/// An answer before it is printed: the duration is known only at the end.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    success: bool,
    message: Option<String>,
    timing: Option<Timing>,
    /// Members after the envelope's own, their values printed already.
    members: Vec<(&'static str, String)>,
    /// Whether the store changed.
    pub(crate) applied: bool,
    /// What happened to which order, for the rules that post webhooks.
    pub(crate) events: Vec<(Event, u64)>,
}

impl Reply {
    pub(crate) fn ok() -> Self {
        Self {
            status: 200,
            success: true,
            message: None,
            timing: Some(Timing::ExecutionTime),
            members: Vec::new(),
            applied: false,
            events: Vec::new(),
        }
    }

    pub(crate) fn error(status: u16, message: impl Into<String>) -> Self {
        let mut reply = Self::ok();
        reply.status = status;
        reply.success = false;
        reply.message = Some(message.into());
        reply
    }

    /// An unknown record, the way the switch wants it.
    pub(crate) fn unknown(what: &str, switch: UnknownRecord) -> Self {
        let status = if switch == UnknownRecord::NotFound {
            404
        } else {
            200
        };
        Self::error(status, format!("{what} Not Found"))
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Where the duration goes; `None` leaves it out.
    pub(crate) fn timing(mut self, timing: Option<Timing>) -> Self {
        self.timing = timing;
        self
    }

    pub(crate) fn applied(mut self) -> Self {
        self.applied = true;
        self
    }

    pub(crate) fn event(mut self, event: Event, order_id: u64) -> Self {
        self.events.push((event, order_id));
        self
    }

    /// Adds a member whose value is printed already.
    pub(crate) fn printed(mut self, name: &'static str, json: String) -> Self {
        self.members.push((name, json));
        self
    }

    pub(crate) fn member(self, name: &'static str, value: &Value, maps: EmptyMaps) -> Self {
        self.printed(name, php::encode(value, maps))
    }

    pub(crate) fn number(self, name: &'static str, number: usize) -> Self {
        self.printed(name, number.to_string())
    }

    /// The body: `status`, `message`, `execution_time`, then the payload.
    pub(crate) fn print(&self, elapsed: Duration) -> String {
        let mut out = String::from(if self.success {
            r#"{"status":"success""#
        } else {
            r#"{"status":"error""#
        });
        let seconds = elapsed.as_secs_f64();
        let timed_message = (self.timing == Some(Timing::Message))
            .then(|| format!("Execution took {seconds:.4} seconds"));
        if let Some(message) = self.message.as_ref().or(timed_message.as_ref()) {
            out.push_str(",\"message\":");
            php::write_text(&mut out, message);
        }
        if self.timing == Some(Timing::ExecutionTime) {
            out.push_str(&format!(",\"execution_time\":\"{seconds:.4} seconds\""));
        }
        for (name, json) in &self.members {
            out.push_str(&format!(",\"{name}\":"));
            out.push_str(json);
        }
        out.push('}');
        out
    }
}

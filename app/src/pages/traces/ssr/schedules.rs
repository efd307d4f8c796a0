//! Scheduled exports: how they go, and the forms that change them. Drawn here; it works without script.

use orderdesk_mcp_contract::trace::schedule::{PlaceView, Rhythm, ScheduleList, ScheduleView};
use orderdesk_mcp_contract::{ApiError, Right};
use server_fn::ServerFn as _;

use super::super::{RemoveSchedule, SwitchSchedule};
use super::compare::with_title;
use super::forms::act;
use super::schedules_form::{Refused, change, new};
use super::{hint, moment};
use crate::backend::{enter, reply, take};
use crate::parts::format::plural;
use crate::parts::{Drawn, Markup, Tone, badge, card, el, hidden, link};
use crate::routes;

/// Where the session keeps what was refused.
pub(super) const REFUSED: &str = "schedule_refused";

/// All that the page shows.
struct Page {
    list: ScheduleList,
    may_set: bool,
    refused: Option<Refused>,
}

pub(in super::super) async fn list() -> Result<Drawn, ApiError> {
    let (services, caller) = enter()?;
    let page = Page {
        list: reply(services.schedules(&caller).await)?,
        may_set: caller.may(Right::Settings),
        refused: take(REFUSED, &caller).await?,
    };
    Ok(drawn(&page))
}

fn drawn(page: &Page) -> Drawn {
    let Page {
        list,
        may_set,
        refused,
    } = page;
    let (may_set, refused) = (*may_set, refused.as_ref());
    let own = if list.schedules.is_empty() {
        el("p").class("nothing").text(
            "There are none yet. An export writes calls into files hour by hour or day by day, so that they can be kept longer than here, and be read by other programs.",
        )
    } else {
        let line = |schedule: &ScheduleView| one(schedule, may_set, refused);
        el("ul")
            .class("alerts")
            .children(list.schedules.iter().map(line))
    };
    let may_not = (!may_set).then(|| hint("Owners and admins add, change and switch exports."));
    let page = el("div")
        .class("stack")
        .child(
            card("exports-own", "Exports of this workspace")
                .child(hint(
                    "Hours and days are those of UTC. A file is written about eleven minutes after its hour or day has ended, and may be in parts. What calls carried is never in it.",
                ))
                .child(own)
                .maybe(may_not),
        )
        .maybe(may_set.then(|| new(list.has_folder, refused)));
    with_title("Scheduled exports", &page)
}

/// One export, with the forms that change it.
fn one(schedule: &ScheduleView, may_set: bool, refused: Option<&Refused>) -> Markup {
    let id = schedule.id.to_string();
    let state = match (schedule.is_on, &schedule.fault) {
        (false, _) => badge(Tone::Neutral, "", "Off"),
        (true, None) => badge(Tone::Ok, "", "On"),
        (true, Some(_)) => badge(Tone::Error, "", "Fails"),
    };
    let top = el("div")
        .class("alert-head")
        .child(el("span").class("alert-name").text(schedule.name.clone()))
        .child(state);
    let line = el("li")
        .child(top)
        .child(what(schedule))
        .child(place(&schedule.place))
        .maybe(fault(schedule))
        .child(hint(progress(schedule)));
    if !may_set {
        return line;
    }
    let (on, switch) = if schedule.is_on {
        ("", "Switch off")
    } else {
        ("1", "Switch on")
    };
    let button = |url: &'static str, text: &'static str| act(url, text, &id, &schedule.name);
    let acts = el("div")
        .class("actions")
        .child(button(SwitchSchedule::url(), switch).child(hidden("on", on)))
        .child(button(RemoveSchedule::url(), "Remove"));
    line.child(acts).child(change(schedule, refused))
}

/// What is written, in a sentence.
fn what(schedule: &ScheduleView) -> Markup {
    let (often, form) = (schedule.rhythm.label(), schedule.format.label());
    if schedule.query.is_empty() {
        return el("p").text(format!("{often}, all calls as {form}."));
    }
    let calls = routes::traces(&[("q", &schedule.query)]);
    el("p")
        .text(format!("{often}, as {form}, the calls of "))
        .child(link(calls, schedule.query.clone()).class("mono"))
}

/// Where files go, in a sentence.
fn place(place: &PlaceView) -> Markup {
    let name = |name: &str| el("code").class("mono").text(name.to_owned());
    match place {
        PlaceView::Folder { path } => el("p")
            .text("Into the folder ")
            .child(name(path))
            .text(" among those of this server’s exports."),
        PlaceView::Bucket {
            endpoint,
            name: bucket,
            prefix,
            ..
        } => {
            let within = (!prefix.is_empty()).then(|| name(prefix));
            let before = if prefix.is_empty() { "" } else { ", there into " };
            el("p")
                .text("Into the bucket ")
                .child(name(bucket))
                .text(" at ")
                .child(name(endpoint))
                .text(before)
                .maybe(within)
                .text(".")
        }
        PlaceView::Lost => el("p").class("field-error").text(
            "Its bucket cannot be opened any more, because the key that this server seals secrets with is another one. Give it its bucket anew.",
        ),
    }
}

/// Why it does not work, how often it was tried, and when it is again.
fn fault(schedule: &ScheduleView) -> Option<Markup> {
    let fault = schedule.fault.as_ref()?;
    let tries = plural(u64::from(schedule.fails), "try", "tries");
    let again = if schedule.is_on {
        format!(" It is tried again at {}.", moment(schedule.next_at))
    } else {
        String::new()
    };
    let text = format!("After {tries}: {fault}{again}");
    Some(el("p").class("field-error").text(text))
}

/// How far it has come.
fn progress(schedule: &ScheduleView) -> String {
    let to = moment(schedule.exported_to);
    let unit = match schedule.rhythm {
        Rhythm::Hourly => "hour",
        Rhythm::Daily => "day",
    };
    let done = match schedule.last_calls {
        Some(calls) => format!(
            "Calls before {to} are in files. The last file held {}.",
            plural(calls, "call", "calls")
        ),
        None => format!("No file is written yet. The first one is of the {unit} from {to} on."),
    };
    if schedule.is_on && schedule.fault.is_none() {
        format!(
            "{done} The next file is written at {}.",
            moment(schedule.next_at)
        )
    } else {
        done
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::trace::export::ExportFormat;
    use orderdesk_mcp_contract::{ErrorCode, ScheduleId, SecretText, UtcMillis};

    use super::super::super::ScheduleForm;
    use super::*;

    fn schedule(number: u128, place: PlaceView) -> ScheduleView {
        let fault = (number == 2).then(|| "The bucket said no.".to_owned());
        ScheduleView {
            id: ScheduleId::from_parts(1, number),
            name: "Mine & yours".into(),
            query: if number == 0 {
                String::new()
            } else {
                "status:error".into()
            },
            format: ExportFormat::Jsonl,
            rhythm: Rhythm::ALL[usize::from(number == 1)],
            place,
            is_on: number != 1,
            exported_to: UtcMillis(3_600_000),
            next_at: UtcMillis(7_860_000),
            last_calls: (number != 1).then_some(7),
            fails: u32::from(fault.is_some()) * 3,
            fault,
        }
    }

    fn page(may_set: bool, refused_id: &str) -> Page {
        let bucket = PlaceView::Bucket {
            endpoint: "https://s3.example.com".into(),
            region: "eu-central-1".into(),
            name: "calls".into(),
            prefix: "mine/here".into(),
            access_key: "AK".into(),
        };
        let folder = PlaceView::Folder {
            path: "some/where".into(),
        };
        let places = [folder, PlaceView::Lost, bucket];
        let schedules = (0..)
            .zip(places)
            .map(|(number, place)| schedule(number, place));
        let typed = ScheduleForm {
            name: "Typed before".into(),
            secret_key: Some(SecretText::new("hush")),
            ..ScheduleForm::default()
        };
        Page {
            list: ScheduleList {
                schedules: schedules.collect(),
                has_folder: refused_id.is_empty(),
            },
            may_set,
            refused: Some(Refused {
                id: refused_id.to_owned(),
                typed,
                error: ApiError::new(ErrorCode::Conflict, "No."),
            }),
        }
    }

    #[test]
    fn the_browser_builds_what_is_drawn() {
        let third = ScheduleId::from_parts(1, 2).to_string();
        let third = third.as_str();
        for (may_set, refused_id) in [(true, ""), (true, third), (false, ""), (false, third)] {
            let steps = drawn(&page(may_set, refused_id));
            assert_eq!(steps[0], "Scheduled exports");
            let built = crate::parts::drawn(steps[1..].to_vec()).steps();
            assert_eq!(built[1..built.len() - 1], steps[1..]);
            let forms = steps.iter().filter(|step| *step == "<form").count();
            assert_eq!(forms > 0, may_set);
            let has = |text: &str| steps.iter().any(|step| step == text);
            assert_eq!(has("@value=Typed before"), may_set);
            assert_eq!(has("'No."), may_set);
            let offers_folder = may_set && refused_id.is_empty();
            assert_eq!(has("'The folder of this server"), offers_folder);
            assert!(!steps.iter().any(|step| step.contains("hush")));
        }
    }

    #[test]
    fn it_is_said_how_exports_go() {
        let steps = drawn(&page(false, ""));
        for text in [
            "'Off",
            "'On",
            "'Fails",
            "'Every hour, all calls as JSON lines.",
            "'Every day, as JSON lines, the calls of ",
            "'some/where",
            "'After 3 tries: The bucket said no. It is tried again at 1970-01-01 02:11 UTC.",
            "'Calls before 1970-01-01 01:00 UTC are in files. The last file held 7 calls. The next file is written at 1970-01-01 02:11 UTC.",
            "'Calls before 1970-01-01 01:00 UTC are in files. The last file held 7 calls.",
            "'No file is written yet. The first one is of the day from 1970-01-01 01:00 UTC on.",
        ] {
            assert!(steps.iter().any(|step| step == text), "{text}: {steps:?}");
        }
    }

    #[test]
    fn of_no_export_it_is_said_what_they_are_for() {
        let mut page = page(true, "");
        page.list.schedules.clear();
        let steps = drawn(&page);
        assert!(
            steps
                .iter()
                .any(|step| step.starts_with("'There are none yet. "))
        );
    }
}

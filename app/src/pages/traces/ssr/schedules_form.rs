//! The forms of scheduled exports, with what was typed and refused.

use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::trace::export::ExportFormat;
use orderdesk_mcp_contract::trace::schedule::{
    BUCKET_TEXT_MAX, PlaceView, Rhythm, SCHEDULE_NAME_MAX, ScheduleView,
};
use server_fn::ServerFn as _;

use super::super::{SaveSchedule, ScheduleForm};
use super::forms::{self, ABOUT_QUERY, Input, QUERY_MAX, at, form, in_general};
use super::hint;
use crate::parts::{Markup, card, el, hidden};

/// Where files go, by the names that the form sends.
pub(super) const FOLDER: &str = "folder";
pub(super) const BUCKET: &str = "bucket";

/// The fields of every export, by their names.
const OF_ALL: [&str; 2] = ["name", "query"];
/// Those of a bucket.
const OF_BUCKET: [&str; 6] = [
    "endpoint",
    "region",
    "bucket",
    "prefix",
    "access_key",
    "secret_key",
];

/// What was typed and refused.
pub(super) type Refused = forms::Refused<ScheduleForm>;

/// A form as it is filled in.
struct Filled<'a> {
    /// The export's id; blank for a new one.
    id: &'a str,
    typed: &'a ScheduleForm,
    /// Whether files can go nowhere but into the bucket.
    needs_bucket: bool,
    /// Whether the bucket's secret is known.
    knows_secret: bool,
    error: Option<&'a ApiError>,
}

/// The form that changes an export. Open where something was refused.
pub(super) fn change(schedule: &ScheduleView, refused: Option<&Refused>) -> Markup {
    let id = schedule.id.to_string();
    let refused = refused.filter(|refused| refused.id == id);
    let typed = refused.map_or_else(|| as_it_is(schedule), |refused| refused.typed.clone());
    let is_bucket = !matches!(schedule.place, PlaceView::Folder { .. });
    let filled = Filled {
        id: &id,
        typed: &typed,
        needs_bucket: true,
        knows_secret: schedule.place != PlaceView::Lost,
        error: refused.map(|refused| &refused.error),
    };
    let mut shown = OF_ALL.to_vec();
    if is_bucket {
        shown.extend(OF_BUCKET);
    }
    let place = if is_bucket { BUCKET } else { FOLDER };
    let form = filled
        .form(&shown)
        .child(hidden("place", place))
        .children(shown.iter().map(|&name| filled.field(name)))
        .child(el("button").class("button button-small").text("Save"));
    if refused.is_some() {
        return form;
    }
    el("details")
        .class("more")
        .child(el("summary").text("Change"))
        .child(form)
}

/// What the form would send that changes nothing.
fn as_it_is(schedule: &ScheduleView) -> ScheduleForm {
    let form = ScheduleForm {
        name: schedule.name.clone(),
        query: schedule.query.clone(),
        ..ScheduleForm::default()
    };
    let PlaceView::Bucket {
        endpoint,
        region,
        name,
        prefix,
        access_key,
    } = &schedule.place
    else {
        return form;
    };
    ScheduleForm {
        endpoint: endpoint.clone(),
        region: region.clone(),
        bucket: name.clone(),
        prefix: prefix.clone(),
        access_key: access_key.clone(),
        ..form
    }
}

/// The form of a new export.
pub(super) fn new(has_folder: bool, refused: Option<&Refused>) -> Markup {
    let refused = refused.filter(|refused| refused.id.is_empty());
    let typed = refused.map_or_else(
        || ScheduleForm {
            format: ExportFormat::Csv.as_str().to_owned(),
            rhythm: Rhythm::Daily.as_str().to_owned(),
            place: FOLDER.to_owned(),
            ..ScheduleForm::default()
        },
        |refused| refused.typed.clone(),
    );
    let filled = Filled {
        id: "",
        typed: &typed,
        needs_bucket: !has_folder,
        knows_secret: false,
        error: refused.map(|refused| &refused.error),
    };
    let mut shown = [&OF_ALL[..], &OF_BUCKET[..], &["format", "rhythm"][..]].concat();
    let place = if has_folder {
        shown.push("place");
        let places = [(FOLDER, "The folder of this server"), (BUCKET, "A bucket")];
        filled.choices("place", "Where files go", &typed.place, &places)
    } else {
        hidden("place", BUCKET)
    };
    let about_place = hint(if has_folder {
        "Of any service that understands S3."
    } else {
        "Files go into a bucket of any service that understands S3: the operator of this server has set no folder for exports (EXPORT_DIR)."
    });
    let formats = ExportFormat::ALL.map(|format| (format.as_str(), format.label()));
    let rhythms = Rhythm::ALL.map(|rhythm| (rhythm.as_str(), rhythm.label()));
    let form = filled
        .form(&shown)
        .children(OF_ALL.map(|name| filled.field(name)))
        .child(filled.choices("format", "What files are", &typed.format, &formats))
        .child(filled.choices("rhythm", "How often", &typed.rhythm, &rhythms))
        .child(place)
        .child(
            el("div")
                .class("stack only-bucket")
                .child(about_place)
                .children(OF_BUCKET.map(|name| filled.field(name))),
        )
        .child(
            el("button")
                .class("button button-primary")
                .text("Add export"),
        );
    card("exports-new", "New export")
        .child(hint(
            "When you add it, the server first tries whether files can be written there.",
        ))
        .child(form)
}

impl Filled<'_> {
    /// The form without its fields, of which these are shown.
    fn form(&self, shown: &[&str]) -> Markup {
        form(SaveSchedule::url())
            .class("alert-form")
            .child(hidden("id", self.id.to_owned()))
            .maybe(in_general(self.error, shown))
    }

    /// A field of one line.
    fn field(&self, name: &'static str) -> Markup {
        let typed = self.typed;
        let bucket = |label, kind, about, value: &String| {
            (label, kind, BUCKET_TEXT_MAX, about, value.clone())
        };
        let (label, kind, max, about, value) = match name {
            "name" => ("Name", "text", SCHEDULE_NAME_MAX, "", typed.name.clone()),
            "query" => (
                "Query of calls",
                "text",
                QUERY_MAX,
                ABOUT_QUERY,
                typed.query.clone(),
            ),
            "endpoint" => bucket(
                "Address of the service",
                "url",
                "It begins with https://.",
                &typed.endpoint,
            ),
            "region" => bucket("Region", "text", "Such as eu-central-1.", &typed.region),
            "bucket" => bucket("Name of the bucket", "text", "", &typed.bucket),
            "prefix" => bucket(
                "Folder in the bucket",
                "text",
                "Names of files begin with it. Blank: none.",
                &typed.prefix,
            ),
            "access_key" => bucket("Id of the access key", "text", "", &typed.access_key),
            // Never shown again, not even where the form was refused.
            _ => bucket(
                "Secret of the access key",
                "password",
                if self.knows_secret {
                    "Blank: as it is now. It is needed again with another service or another access key."
                } else {
                    "It is kept sealed and not shown again."
                },
                &String::new(),
            ),
        };
        let is_needed = match name {
            "name" => true,
            "query" | "prefix" => false,
            "secret_key" => self.needs_bucket && !self.knows_secret,
            _ => self.needs_bucket,
        };
        let input = Input {
            id: self.id_of(name),
            name,
            label,
            kind,
            max,
            is_needed,
            value,
            about,
            error: self.error,
        };
        input.field()
    }

    /// One of several: what the form sends, and what it is called.
    fn choices(
        &self,
        name: &'static str,
        label: &'static str,
        chosen: &str,
        options: &[(&'static str, &'static str)],
    ) -> Markup {
        let option = |(value, label): &(&'static str, &'static str)| {
            el("label")
                .class("check")
                .child(
                    el("input")
                        .with("type", "radio")
                        .with("name", name)
                        .with("value", *value)
                        .flag("checked", *value == chosen),
                )
                .child(el("span").text(*label))
        };
        let id = self.id_of(name);
        el("div")
            .class("field")
            .with("role", "radiogroup")
            .with("aria-labelledby", id.clone())
            .child(el("span").class("field-label").with("id", id).text(label))
            .children(options.iter().map(option))
            .maybe(at(self.error, name))
    }

    fn id_of(&self, name: &str) -> String {
        if self.id.is_empty() {
            format!("export-{name}")
        } else {
            format!("export-{name}-{}", self.id)
        }
    }
}

//! What the forms of scheduled exports ask for: done, and back to the page.

use orderdesk_mcp_contract::trace::export::ExportFormat;
use orderdesk_mcp_contract::trace::schedule::{NewBucket, NewSchedule, Rhythm};
use orderdesk_mcp_contract::{ApiError, SecretText};
use orderdesk_mcp_domain::no_such_schedule;

use super::super::ScheduleForm;
use super::forms::{back, done};
use super::schedules::REFUSED;
use super::schedules_form::{BUCKET, FOLDER};
use crate::backend::enter;
use crate::routes;

pub(in super::super) async fn save(id: &str, mut typed: ScheduleForm) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    // What was typed may be shown again; this not.
    let secret_key = typed.secret_key.take();
    let saved = match (wish(&typed, secret_key, id.is_empty()), id) {
        (Err(error), _) => Err(error),
        (Ok(new), "") => {
            let added = services.add_schedule(&caller, new).await;
            added.map(|()| "The export is added.")
        }
        (Ok(new), id) => {
            let set = match id.parse() {
                Ok(id) => services.set_schedule(&caller, id, new).await,
                Err(_) => Err(no_such_schedule()),
            };
            set.map(|()| "The export is changed.")
        }
    };
    back(routes::EXPORTS, REFUSED, (id, typed), saved).await
}

/// What was typed, as it is asked for.
fn wish(
    typed: &ScheduleForm,
    secret_key: Option<SecretText>,
    is_new: bool,
) -> Result<NewSchedule, ApiError> {
    // Of an export that is there both stay as they are, whatever is sent.
    let (format, rhythm) = if is_new {
        (
            ExportFormat::from_name(&typed.format)
                .ok_or_else(|| ApiError::invalid("format", "Choose what files are."))?,
            Rhythm::from_name(&typed.rhythm).ok_or_else(|| {
                ApiError::invalid("rhythm", "Choose how often a file is written.")
            })?,
        )
    } else {
        (ExportFormat::Csv, Rhythm::Daily)
    };
    let bucket = match typed.place.as_str() {
        FOLDER => None,
        BUCKET => Some(NewBucket {
            endpoint: typed.endpoint.clone(),
            region: typed.region.clone(),
            name: typed.bucket.clone(),
            prefix: typed.prefix.clone(),
            access_key: typed.access_key.clone(),
            secret_key: secret_key.unwrap_or_else(|| SecretText::new("")),
        }),
        _ => return Err(ApiError::invalid("place", "Choose where files go.")),
    };
    Ok(NewSchedule {
        name: typed.name.clone(),
        query: typed.query.clone(),
        format,
        rhythm,
        bucket,
    })
}

pub(in super::super) async fn switch(id: &str, is_on: bool) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let switched = match id.parse() {
        Ok(id) => services.switch_schedule(&caller, id, is_on).await,
        Err(_) => Err(no_such_schedule()),
    };
    let said = if is_on {
        "The export is on."
    } else {
        "The export is off."
    };
    done(routes::EXPORTS, switched.map(|()| said))
}

pub(in super::super) async fn remove(id: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let removed = match id.parse() {
        Ok(id) => services.remove_schedule(&caller, id).await,
        Err(_) => Err(no_such_schedule()),
    };
    done(
        routes::EXPORTS,
        removed.map(|()| "The export is removed. Its files stay where they are."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(place: &str) -> ScheduleForm {
        ScheduleForm {
            name: "Nightly".into(),
            format: "otlp".into(),
            rhythm: "hourly".into(),
            place: place.into(),
            bucket: "calls".into(),
            ..ScheduleForm::default()
        }
    }

    #[test]
    fn what_is_typed_is_asked_for() {
        let new = wish(&typed(FOLDER), None, true).unwrap();
        assert!(new.bucket.is_none());
        assert_eq!(
            (new.format, new.rhythm),
            (ExportFormat::Otlp, Rhythm::Hourly)
        );
        let secret = Some(SecretText::new("hush"));
        let bucket = wish(&typed(BUCKET), secret, true).unwrap().bucket.unwrap();
        assert_eq!(
            (bucket.name.as_str(), bucket.secret_key.expose()),
            ("calls", "hush")
        );
        let bucket = wish(&typed(BUCKET), None, false).unwrap().bucket.unwrap();
        assert_eq!(bucket.secret_key.expose(), "");
    }

    #[test]
    fn what_is_not_chosen_is_told_at_its_field() {
        let field = |typed: &ScheduleForm, is_new| wish(typed, None, is_new).unwrap_err().field;
        for (form, at) in [
            (typed("moon"), "place"),
            (
                ScheduleForm {
                    format: "xml".into(),
                    ..typed(FOLDER)
                },
                "format",
            ),
            (
                ScheduleForm {
                    rhythm: String::new(),
                    ..typed(FOLDER)
                },
                "rhythm",
            ),
        ] {
            assert_eq!(field(&form, true).as_deref(), Some(at));
        }
        let named = ScheduleForm {
            name: "Nightly".into(),
            place: FOLDER.into(),
            ..ScheduleForm::default()
        };
        assert!(wish(&named, None, false).is_ok(), "the rest stays");
    }
}

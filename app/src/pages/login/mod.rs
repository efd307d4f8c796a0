//! The sign-in page. It works before the WASM has loaded and without it.

mod api;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use orderdesk_mcp_contract::validate::EMAIL_MAX;
use orderdesk_mcp_contract::{ApiError, ErrorCode};

use server_fn::ServerFn as _;

use self::api::{FORM, SignIn};
use crate::flash::flash_for;
use crate::parts::{
    Look, PageHead, PostForm, SecretField, SubmitButton, TextField, Tone, Whole, link, notice,
    refusal,
};
use crate::routes;
use crate::shell::ThemeSwitch;
use crate::transport::Submission;

/// Signs in with a password, or with a master key, and goes on to `?next=`.
#[component]
pub(crate) fn LoginPage() -> impl IntoView {
    let sign_in = Submission::new();
    let refusal = refusal(sign_in, FORM);
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next").unwrap_or_default());
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(next)) = sign_in.answer::<String>() {
            navigate(
                routes::safe_path(&next),
                NavigateOptions {
                    replace: true,
                    ..NavigateOptions::default()
                },
            );
        }
    });
    let email = flash_for(FORM).get_untracked();
    let email = email
        .and_then(|flash| flash.values.into_iter().next())
        .map(|(_, email)| email)
        .unwrap_or_default();
    let is_about_key = move || {
        let error = refusal.get();
        error.is_some_and(|error| error.field.as_deref() == Some("master_key"))
    };
    view! {
        <main id="main" class="login">
            <svg class="brand-mark" viewBox="0 0 24 24" width="40" height="40" aria-hidden="true">
                <use href="/icons.svg#package-check"></use>
            </svg>
            <PageHead title="Sign in to Order Desk MCP"/>
            <p class="login-lead">"Watch and steer what AI assistants do with your Order Desk stores."</p>
            <div class="card">
                <PostForm submission=sign_in url=SignIn::url()>
                    <Refusal refusal/>
                    <input type="hidden" name="next" value=next/>
                    <TextField
                        name="email" label="E-mail" autocomplete="username" value=email max=EMAIL_MAX refusal
                    />
                    <SecretField name="password" label="Password" autocomplete="current-password" refusal/>
                    <SubmitButton look=Look::Primary pending=sign_in.pending()>"Sign in"</SubmitButton>
                </PostForm>
            </div>
            <details class="login-key" open=is_about_key>
                <summary>"Sign in with a master key"</summary>
                <PostForm submission=sign_in url=SignIn::url()>
                    <input type="hidden" name="next" value=next/>
                    <SecretField
                        name="master_key" label="Master key" autocomplete="off"
                        help="It begins with odm_mk_ and was shown once, when the workspace was made."
                        refusal
                    />
                    <SubmitButton look=Look::Plain pending=sign_in.pending()>"Sign in with the key"</SubmitButton>
                </PostForm>
            </details>
            <details class="login-help">
                <summary>"Cannot sign in?"</summary>
                <p>"An owner of your workspace can invite you; with an invitation’s code you "{link(routes::JOIN, "join here")}"."</p>
                <p>"Whoever runs the server can set a new password or make a new master key, on its machine, with its settings and in its folder:"</p>
                <pre tabindex="0"><code>"orderdesk-mcp user password --email E-MAIL\norderdesk-mcp key create --tenant NAME --kind master --access write"</code></pre>
            </details>
            <ThemeSwitch/>
        </main>
    }
    .whole()
}

/// The summary above the form, for what is no field's fault; that stands at the field.
#[component]
fn Refusal(refusal: Signal<Option<ApiError>>) -> impl IntoView {
    move || {
        let error = refusal.get().filter(|error| error.field.is_none())?;
        let text = match (error.code, error.retry_after_secs) {
            (ErrorCode::RateLimited, Some(seconds)) => {
                format!(
                    "Too many attempts. Try again in {seconds} {}.",
                    if seconds == 1 { "second" } else { "seconds" }
                )
            }
            (ErrorCode::RateLimited, None) => {
                "Too many attempts. Try again in a minute.".to_owned()
            }
            _ => error.message,
        };
        Some(notice(Tone::Error, text))
    }
}

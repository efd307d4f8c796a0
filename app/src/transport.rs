//! How data crosses from the server into the page, with as little code in the browser as possible: one JSON
//! reader for pages and answers alike, and one way to send a form.

use std::cell::RefCell;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use orderdesk_mcp_contract::{ApiError, ErrorCode};
#[cfg(not(feature = "ssr"))]
use send_wrapper::SendWrapper;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// JSON read as bytes, as server functions read it. The framework's own codec reads text, which would compile
/// every type's reader a second time.
pub(crate) struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// What a page shows, as JSON: loaded on the server, found again in the browser. All pages share this one type,
/// so that the machinery around it is compiled once.
pub(crate) type Data = Resource<Result<String, ApiError>, Json>;

/// A server function's answer as JSON, on its way.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<String, ApiError>> + Send>>;

/// Tells the server that a page asks by itself: a tab left open must not keep its session alive.
pub const POLL_HEADER: &str = "x-odm-poll";

thread_local! {
    /// In the browser, which has one thread: the id under which the server logged the last request that it refused.
    static REFUSED_REQUEST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The id under which the server logged the last request of this page that failed; none before the first.
pub(crate) fn refused_request() -> Option<String> {
    REFUSED_REQUEST.with_borrow(Clone::clone)
}

/// Loads a page's data, and again when the argument changes. Nothing is sent to the browser before it is there,
/// since it may decide the status.
pub(crate) fn load(argument: Signal<String>, fetch: fn(String) -> Answer) -> Data {
    Resource::new_with_options(move || argument.get(), fetch, true)
}

/// Reads what [`load`] brought.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    serde_json::from_slice(text.as_bytes()).map_err(|_| unreadable())
}

/// A server function's answer as JSON: called directly on the server, over HTTP in the browser.
macro_rules! answer {
    ($function:ty, $call:expr, $fields:expr) => {{
        #[cfg(feature = "ssr")]
        let answer = crate::transport::direct(std::marker::PhantomData::<$function>, $call);
        #[cfg(not(feature = "ssr"))]
        let answer = crate::transport::ask(<$function as server_fn::ServerFn>::url(), $fields);
        answer
    }};
}
pub(crate) use answer;

#[cfg(feature = "ssr")]
pub(crate) fn direct<S, T, F>(_: std::marker::PhantomData<S>, call: F) -> Answer
where
    S: server_fn::ServerFn<Output = T>,
    T: Serialize,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    Box::pin(async move { serde_json::to_string(&call.await?).map_err(|_| ApiError::internal()) })
}

#[cfg(not(feature = "ssr"))]
pub(crate) fn ask(url: &'static str, fields: &[(&str, &str)]) -> Answer {
    let body = form(fields);
    Box::pin(SendWrapper::new(async move {
        post(url, body, false, None).await
    }))
}

/// Asks a server function by itself and not because somebody did something.
pub(crate) async fn poll(url: &str, fields: &[(&str, &str)]) -> Result<String, ApiError> {
    post(url, form(fields), true, None).await
}

/// Asks a server function because somebody did something, until they give it up by the signal.
pub(crate) async fn request(
    url: &str,
    fields: &[(&str, &str)],
    signal: Option<&web_sys::AbortSignal>,
) -> Result<String, ApiError> {
    post(url, form(fields), false, signal).await
}

fn form(fields: &[(&str, &str)]) -> Result<web_sys::UrlSearchParams, JsValue> {
    let form = web_sys::UrlSearchParams::new()?;
    for (name, value) in fields {
        form.append(name, value);
    }
    Ok(form)
}

/// A form on its way and its answer.
#[derive(Clone, Copy)]
pub(crate) struct Submission {
    pending: RwSignal<bool>,
    answer: RwSignal<Option<Result<String, ApiError>>>,
}

impl Submission {
    /// A form that was not sent yet.
    pub(crate) fn new() -> Self {
        Self {
            pending: RwSignal::new(false),
            answer: RwSignal::new(None),
        }
    }

    /// Whether it is on its way.
    pub(crate) fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// What the server answered; tracked.
    pub(crate) fn answer<T: DeserializeOwned>(self) -> Option<Result<T, ApiError>> {
        self.answer.with(|answer| {
            answer.as_ref().map(|answer| match answer {
                Ok(text) => read(text),
                Err(error) => Err(error.clone()),
            })
        })
    }

    /// Why the server refused; tracked.
    pub(crate) fn refusal(self) -> Option<ApiError> {
        self.answer.with(|answer| {
            answer
                .as_ref()
                .and_then(|answer| answer.as_ref().err().cloned())
        })
    }

    /// Whether there is an answer; tracked.
    pub(crate) fn is_answered(self) -> bool {
        self.answer.with(Option::is_some)
    }

    /// Forgets the answer.
    pub(crate) fn clear(self) {
        self.answer.set(None);
    }

    /// Sends the form's fields to a server function.
    pub(crate) fn send(self, url: &'static str, form: &web_sys::HtmlFormElement) {
        let fields = web_sys::FormData::new_with_form(form)
            .and_then(|fields| web_sys::UrlSearchParams::new_with_str_sequence_sequence(&fields));
        self.pending.set(true);
        leptos::task::spawn_local(async move {
            let answer = post(url, fields, false, None).await;
            // The page may be gone by now.
            self.answer.try_set(Some(answer));
            self.pending.try_set(false);
        });
    }
}

async fn post(
    url: &str,
    fields: Result<web_sys::UrlSearchParams, JsValue>,
    is_poll: bool,
    signal: Option<&web_sys::AbortSignal>,
) -> Result<String, ApiError> {
    let (is_ok, text) = exchange(url, fields, is_poll, signal).await.map_err(|_| {
        ApiError::new(
            ErrorCode::Transport,
            "The server could not be reached. Check the connection and try again.",
        )
    })?;
    if is_ok {
        Ok(text)
    } else {
        Err(read(&text).unwrap_or_else(|unreadable| unreadable))
    }
}

async fn exchange(
    url: &str,
    fields: Result<web_sys::UrlSearchParams, JsValue>,
    is_poll: bool,
    signal: Option<&web_sys::AbortSignal>,
) -> Result<(bool, String), JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_signal(signal);
    init.set_body(&fields?.into());
    let request = web_sys::Request::new_with_str_and_init(url, &init)?;
    request.headers().set("Accept", "application/json")?;
    if is_poll {
        request.headers().set(POLL_HEADER, "1")?;
    }
    let response: web_sys::Response = JsFuture::from(window().fetch_with_request(&request))
        .await?
        .dyn_into()?;
    if !response.ok() {
        REFUSED_REQUEST.set(response.headers().get("x-request-id")?);
    }
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.ok(), text.as_string().unwrap_or_default()))
}

/// What is said of an answer that cannot be read.
pub(crate) fn unreadable() -> ApiError {
    ApiError::new(
        ErrorCode::Transport,
        "The server's answer could not be read; it may have been updated meanwhile. Reload the page and try again.",
    )
}

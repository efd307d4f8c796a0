//! Leaves that pages share: they take plain data and callbacks and know nothing of servers.

mod around;
mod badge;
mod button;
mod code;
mod dialog;
mod drawn;
mod empty;
mod field;
mod form;
pub(crate) mod format;
mod head;
mod icon;
mod loaded;
mod markup;
mod meter;
mod notice;
mod problem;
mod skeleton;
mod steps;
mod tabs;
mod time;
mod toast;
mod whole;

pub(crate) use badge::{Tone, badge};
pub(crate) use button::{Look, SubmitButton, submit_button};
pub(crate) use code::{CopyButton, code, code_of, write_to_clipboard};
pub(crate) use dialog::{dialog, dialog_button, typed_name};
pub(crate) use drawn::{Drawn, drawn};
pub(crate) use empty::{Empty, empty};
pub(crate) use field::{SecretField, TextField, hidden, reason_field};
pub(crate) use form::{PostForm, left_refusal, post_form, refusal, told, told_in_general};
pub(crate) use head::{PageHead, provide_page_focus};
pub(crate) use icon::{Icon, icon};
pub(crate) use loaded::Loaded;
pub(crate) use markup::{Markup, Text, card, el, head, link, link_button};
pub(crate) use meter::meter;
pub(crate) use notice::{Notice, notice, notice_of};
pub(crate) use problem::{Problem, provide_request_id};
pub(crate) use skeleton::skeleton;
pub(crate) use steps::connection_steps;
pub(crate) use tabs::tabs;
#[cfg(feature = "ssr")]
pub(crate) use time::local;
pub(crate) use time::{tell_zone, time, utc};
pub(crate) use toast::{Toaster, provide_toasts, toast};
pub(crate) use whole::Whole;

//! The pages: a folder each with the page, its server functions and its own leaves.

pub(crate) mod approvals;
pub(crate) mod changes;
pub(crate) mod connect;
pub(crate) mod console;
pub(crate) mod dashboard;
pub(crate) mod instance;
pub(crate) mod join;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod not_found;
pub(crate) mod people;
pub(crate) mod settings;
pub(crate) mod stores;
pub(crate) mod traces;

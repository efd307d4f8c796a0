//! The use cases over a real SQLite file and the simulator of Order Desk.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod accounts;
mod alerts;
mod alerts_mail;
mod audit;
mod audit_chain;
mod changes;
mod console;
mod dashboard;
mod guesses;
mod isolation;
mod keys;
mod members;
mod orders;
mod people;
mod persons;
mod policies;
mod products;
mod retention;
mod sandbox;
mod schedules;
mod stops;
mod stores;
mod stores_kept;
mod support;
mod traces;
mod traces_canary;
mod traces_export;
mod traces_one;
mod traces_search;
mod traces_story;
mod traces_views;

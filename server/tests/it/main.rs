//! The program as its users meet it: started as a process, asked over HTTP, commanded at the command line.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod audit;
mod bearer;
mod bodies;
mod canary;
mod cli;
mod config;
mod csrf;
mod drain;
mod first_start;
mod hang_up;
mod headers;
mod health;
mod hosts;
mod kept;
mod limits;
mod logs;
mod matrix;
mod metrics;
mod rooms;
mod sessions;
mod support;

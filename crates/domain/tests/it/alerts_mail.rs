//! Alerts by e-mail.

use std::sync::{Arc, Mutex};

use orderdesk_mcp_contract::ErrorCode;
use orderdesk_mcp_contract::trace::alert::Delivery;
use orderdesk_mcp_domain::{Caller, MailSettings};
use orderdesk_mcp_vault::Secret;
use orderdesk_sim::seed;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::alerts::{alert, events, fail, look, new};
use crate::support::{Bench, NOW, settings};

/// A mail server that answers to the letters themselves with these statuses, one after the other, then takes them; and what it was
/// sent, a letter each.
async fn server(statuses: Vec<u16>) -> (String, Arc<Mutex<Vec<String>>>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("smtp://{}", socket.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut statuses = statuses.into_iter();
        while let Ok((stream, _)) = socket.accept().await {
            let status = statuses.next().unwrap_or(250);
            take_letter(stream, status, &keep).await;
        }
    });
    (address, seen)
}

/// Talks as RFC 5321 has it, as far as one letter needs.
async fn take_letter(stream: TcpStream, status: u16, taken: &Mutex<Vec<String>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut letter, mut is_data) = (String::new(), false);
    write.write_all(b"220 here\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        if is_data && line != "." {
            letter.push_str(&line);
            letter.push('\n');
            continue;
        }
        let answer = if is_data {
            is_data = false;
            if status == 250 {
                taken.lock().unwrap().push(std::mem::take(&mut letter));
            }
            format!("{status} so\r\n")
        } else if line == "DATA" {
            is_data = true;
            "354 go on\r\n".to_owned()
        } else if line == "QUIT" {
            "221 bye\r\n".to_owned()
        } else {
            "250 good\r\n".to_owned()
        };
        // Whoever does not read it hangs up.
        let _ = write.write_all(answer.as_bytes()).await;
    }
}

async fn bench(server: &str) -> Bench {
    let mut settings = settings();
    settings.alerts.mail = Some(MailSettings {
        server: Secret::new(server),
        from: "Orders <orders@example.com>".into(),
    });
    Bench::with(settings, seed::shop(7, NOW / 1000)).await
}

/// A letter as it is read: its headers, and its text without the marks of its encoding.
fn text_of(letter: &str) -> String {
    letter.replace("=\n", "").replace("=3D", "=")
}

#[tokio::test]
async fn an_alert_goes_to_somebody_of_the_workspace_and_is_tried_again() {
    let (address, seen) = server(vec![451]).await;
    let bench = bench(&address).await;
    let owner = bench.tenant("Acme").await;
    bench.person("Acme", "ann@example.com").await;
    let added = bench
        .services
        .add_alert(&owner, new("Errors", "status:error", 1, "Ann@Example.com "));
    assert!(added.await.unwrap().is_none(), "an e-mail has no secret");
    let sent_to = alert(&bench, &owner, "Errors").await.sent_to;
    assert_eq!(
        sent_to.as_deref(),
        Some("ann@example.com"),
        "as she wrote it"
    );
    fail(&bench, &owner, 1).await;
    look(&bench).await;
    bench.services.deliver_alerts().await;
    let event = events(&bench, &owner).await.remove(0);
    assert_eq!(event.delivery, Delivery::Pending);
    assert_eq!(event.fault.as_deref(), Some("answered with status 451"));
    bench.clock.advance_secs(31);
    bench.services.deliver_alerts().await;
    assert_eq!(events(&bench, &owner).await[0].delivery, Delivery::Sent);
    let seen = seen.lock().unwrap();
    let letter = text_of(&seen[0]);
    for part in [
        "From: Orders <orders@example.com>",
        "To: ann@example.com",
        "Auto-Submitted: auto-generated",
        &format!("Message-ID: <{}@example.com>", event.id),
        "Calls: 1",
        "Query: status:error",
        "/traces?q=status%3Aerror",
        &format!("/traces/{}", event.trace_id.unwrap()),
    ] {
        assert!(letter.contains(part), "{part}: {letter}");
    }
    assert!(!letter.contains("CANARY"), "{letter}");
}

#[tokio::test]
async fn nothing_is_sent_to_others_or_to_who_was_shut_out() {
    let (address, seen) = server(Vec::new()).await;
    let bench = bench(&address).await;
    let owner = bench.tenant("Acme").await;
    bench.tenant("Globex").await;
    bench.person("Globex", "bob@example.com").await;
    for email in ["ann@example.com", "eve@example.com"] {
        bench.person("Acme", email).await;
    }
    let add = |webhook: &'static str| {
        let services = bench.services.clone();
        let owner = owner.clone();
        async move {
            services
                .add_alert(&owner, new("Errors", "status:error", 1, webhook))
                .await
        }
    };
    for typed in [
        "bob@example.com",
        "nobody@example.com",
        "mailto:bob@example.com",
    ] {
        let refused = add(typed).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("webhook"), "{typed}");
    }
    add("ann@example.com").await.unwrap();
    let id = alert(&bench, &owner, "Errors").await.id;
    bench.services.try_alert(&owner, id).await.unwrap();
    assert!(seen.lock().unwrap()[0].contains("did not fire"));
    shut_out(&bench, &owner, "ann@example.com").await;
    let refused = bench.services.try_alert(&owner, id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Unavailable);
    assert!(refused.message.contains("nobody here has this address"));
    assert_eq!(seen.lock().unwrap().len(), 1);
}

async fn shut_out(bench: &Bench, owner: &Caller, email: &str) {
    let people = bench.services.people(owner).await.unwrap().people;
    let person = people.iter().find(|person| person.email == email).unwrap();
    let set = bench.services.set_disabled(owner, person.id, true);
    set.await.unwrap();
}

#[tokio::test]
async fn without_a_mail_server_it_is_refused() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    bench.person("Acme", "ann@example.com").await;
    let refused = bench
        .services
        .add_alert(&owner, new("Errors", "", 1, "ann@example.com"));
    let refused = refused.await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("webhook"));
    assert!(refused.message.contains("no mail server"), "{refused:?}");
}

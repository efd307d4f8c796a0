//! Queries of recorded calls that people keep under names.

use orderdesk_mcp_contract::trace::saved::{VIEW_NAME_MAX, VIEWS_MAX};
use orderdesk_mcp_contract::{Access, ErrorCode};
use orderdesk_mcp_domain::Caller;

use crate::support::Bench;

async fn names(bench: &Bench, caller: &Caller) -> Vec<String> {
    let views = bench.services.trace_views(caller).await.unwrap();
    views.into_iter().map(|view| view.name).collect()
}

#[tokio::test]
async fn views_are_kept_renamed_and_removed() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    let kept = services
        .save_trace_view(&owner, "  Größe ", " tool:orders_get  status:error ")
        .await
        .unwrap();
    assert_eq!(kept.name, "Größe");
    assert_eq!(
        kept.query, "tool:orders_get  status:error",
        "as it was typed"
    );
    let views = services.trace_views(&owner).await.unwrap();
    assert_eq!(views, std::slice::from_ref(&kept));
    let other = services.save_trace_view(&owner, "Other", "door:web");
    let other = other.await.unwrap();
    services
        .rename_trace_view(&owner, kept.id, "One")
        .await
        .unwrap();
    assert_eq!(names(&bench, &owner).await, ["One", "Other"]);
    let taken = [
        services.rename_trace_view(&owner, other.id, " One ").await,
        services
            .save_trace_view(&owner, "One", "door:web")
            .await
            .map(drop),
    ];
    for refused in taken {
        let refused = refused.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        assert_eq!(refused.field.as_deref(), Some("name"));
    }
    services.remove_trace_view(&owner, kept.id).await.unwrap();
    let gone = [
        services.remove_trace_view(&owner, kept.id).await,
        services.rename_trace_view(&owner, kept.id, "x").await,
    ];
    for refused in gone {
        assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
    }
    assert_eq!(names(&bench, &owner).await, ["Other"]);
}

#[tokio::test]
async fn what_cannot_be_a_view_is_refused_at_its_field() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    for name in ["", " ", "a\nb", &"x".repeat(VIEW_NAME_MAX + 1)] {
        let refused = services.save_trace_view(&owner, name, "door:web").await;
        assert_eq!(
            refused.unwrap_err().field.as_deref(),
            Some("name"),
            "{name:?}"
        );
    }
    let long = format!("order:{}", "1".repeat(1_000));
    for query in [
        "",
        "  ",
        "latency:slow",
        "nothing:else",
        "tool:\"a\0b\"",
        &long,
    ] {
        let refused = services.save_trace_view(&owner, "x", query).await;
        assert_eq!(
            refused.unwrap_err().field.as_deref(),
            Some("query"),
            "{query:?}"
        );
    }
    for number in 0..VIEWS_MAX {
        let name = number.to_string();
        let kept = services.save_trace_view(&owner, &name, "door:web");
        kept.await.unwrap();
    }
    let refused = services
        .save_trace_view(&owner, "One more", "door:web")
        .await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::Conflict);
}

#[tokio::test]
async fn nobody_else_sees_a_persons_views() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    let kept = services.save_trace_view(&owner, "Mine", "door:web");
    let kept = kept.await.unwrap();
    let (colleague, _) = bench.api_key(&owner, Access::Write).await;
    let stranger = bench.tenant("Stranger").await;
    for other in [&colleague, &stranger] {
        assert_eq!(services.trace_views(other).await.unwrap(), []);
        let refused = [
            services.rename_trace_view(other, kept.id, "x").await,
            services.remove_trace_view(other, kept.id).await,
        ];
        for refused in refused {
            assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
        }
        let same = services.save_trace_view(other, "Mine", "door:mcp").await;
        assert!(same.is_ok(), "a name is taken for oneself only");
    }
    assert_eq!(names(&bench, &owner).await, ["Mine"]);
}

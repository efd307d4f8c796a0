//! Rows that stay with the person they are about. The framework's keyed lists keep a row as it is while its key stays, so that it
//! would not show what has changed; and its other lists give each place the row that comes to stand there.

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::prelude::*;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use orderdesk_mcp_contract::KeyId;
use web_sys::{Element, Node};

use crate::parts::Whole;

/// A view about somebody. What takes its place on another page, or when people change places, is built anew if it is about
/// somebody else: else what was opened and chosen for the one would stand there for the other.
pub(super) fn of_person(id: KeyId, view: AnyView) -> AnyView {
    OfPerson { id, view }.whole()
}

struct OfPerson {
    id: KeyId,
    view: AnyView,
}

struct Shown {
    id: KeyId,
    view: <AnyView as Render>::State,
}

impl Render for OfPerson {
    type State = Shown;

    fn build(self) -> Shown {
        Shown {
            id: self.id,
            view: self.view.build(),
        }
    }

    fn rebuild(self, shown: &mut Shown) {
        if self.id == shown.id {
            self.view.rebuild(&mut shown.view);
        } else {
            let mut other = self.build();
            shown.view.insert_before_this(&mut other.view);
            shown.view.unmount();
            *shown = other;
        }
    }
}

impl Mountable for Shown {
    fn unmount(&mut self) {
        self.view.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.view.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.view.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.view.elements()
    }
}

/// Rows are complete as they are: attributes from outside are left out.
impl AddAnyAttr for OfPerson {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self
    where
        Self: RenderHtml,
    {
        self
    }
}

impl RenderHtml for OfPerson {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        self.view.dry_resolve();
    }

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        self.view
            .to_html_with_buf(html, position, escape, mark_branches, attributes);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Shown {
        Shown {
            id: self.id,
            view: self.view.hydrate::<FROM_SERVER>(cursor, position),
        }
    }

    fn into_owned(self) -> Self {
        self
    }
}

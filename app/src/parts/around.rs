//! An element of [`Markup`] around parts that listen.
//!
//! As there, all of them share one compiled form; what listens inside has its own.

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::prelude::*;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::CastFrom;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use web_sys::{Element, Node};

use super::Whole;
use super::markup::Markup;

impl Markup {
    /// This element around these parts and nothing else.
    #[inline(never)]
    pub(crate) fn around(self, parts: Vec<AnyView>) -> AnyView {
        Around {
            element: self.without_content(),
            parts,
        }
        .whole()
    }
}

struct Around {
    element: Markup,
    parts: Vec<AnyView>,
}

struct Shown {
    markup: Markup,
    element: Element,
    parts: <Vec<AnyView> as Render>::State,
}

impl Render for Around {
    type State = Shown;

    fn build(self) -> Shown {
        let element = self.element.create();
        let mut parts = self.parts.build();
        parts.mount(&element, None);
        Shown {
            markup: self.element,
            element,
            parts,
        }
    }

    fn rebuild(self, shown: &mut Shown) {
        // Of another id it is about something else, and what was typed and opened within goes with what it was about.
        if self.element.is_like(&shown.markup) && self.element.has_id_of(&shown.markup) {
            self.element.set_attributes(&shown.markup, &shown.element);
            self.parts.rebuild(&mut shown.parts);
            shown.markup = self.element;
        } else {
            let mut other = self.build();
            shown.element.insert_before_this(&mut other);
            shown.element.unmount();
            *shown = other;
        }
    }
}

impl Mountable for Shown {
    fn unmount(&mut self) {
        self.element.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.element.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.element.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.element.clone()]
    }
}

/// It is complete as it is: attributes from outside are left out.
impl AddAnyAttr for Around {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self
    where
        Self: RenderHtml,
    {
        self
    }
}

impl RenderHtml for Around {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        self.parts.dry_resolve();
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
        _: Vec<AnyAttribute>,
    ) {
        self.element.open(html);
        *position = Position::FirstChild;
        self.parts
            .to_html_with_buf(html, position, escape, mark_branches, Vec::new());
        self.element.close(html);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Shown {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        let Some(element) = Element::cast_from(cursor.current()) else {
            return self.build();
        };
        position.set(Position::FirstChild);
        let parts = self.parts.hydrate::<FROM_SERVER>(cursor, position);
        cursor.set(element.clone().into());
        position.set(Position::NextChild);
        Shown {
            markup: self.element,
            element,
            parts,
        }
    }

    fn into_owned(self) -> Self {
        self
    }
}

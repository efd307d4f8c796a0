//! Markup that nothing follows: texts, tables, lists and links, built as data.
//!
//! The framework compiles each element of a `view!` into code of its own, some hundred bytes a piece in the browser's
//! share. What has neither events nor signals needs none of that: a tree of [`Markup`] is one type, printed on the
//! server, taken over as it stands in the browser, and compared node by node when it is shown anew. Text is always text:
//! there is no way to put HTML into it.

use std::borrow::Cow;

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::{CastFrom, Rndr};
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use web_sys::{Element, Node};

/// A text that is written here, or was made.
pub(crate) type Text = Cow<'static, str>;

/// Elements that have no content and no end tag (HTML standard, 13.1.2).
const VOID: [&str; 2] = ["input", "br"];
const SVG: &str = "http://www.w3.org/2000/svg";

/// An element with its attributes and content.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Markup {
    tag: &'static str,
    attributes: Vec<(&'static str, Text)>,
    content: Vec<Content>,
}

#[derive(Clone, Debug, PartialEq)]
enum Content {
    Element(Markup),
    Text(Text),
}

/// An element without anything.
#[inline(never)]
pub(crate) fn el(tag: &'static str) -> Markup {
    Markup {
        tag,
        attributes: Vec::new(),
        content: Vec::new(),
    }
}

/// A link within the app.
pub(crate) fn link(href: impl Into<Text>, text: impl Into<Text>) -> Markup {
    el("a").with("href", href).text(text)
}

/// A table's head: each column's title and class.
pub(crate) fn head(columns: &[(&'static str, &'static str)]) -> Markup {
    let column = |(title, class): &(&'static str, &'static str)| {
        let column = el("th").with("scope", "col").text(*title);
        if class.is_empty() {
            column
        } else {
            column.class(*class)
        }
    };
    el("thead").child(el("tr").children(columns.iter().map(column)))
}

/// A heading's section, as a card. The heading's id names it.
pub(crate) fn card(id: &'static str, title: impl Into<Text>) -> Markup {
    el("section")
        .class("card")
        .with("aria-labelledby", id)
        .child(el("h2").with("id", id).text(title))
}

/// A link that looks like a button.
pub(crate) fn link_button(href: impl Into<Text>, text: impl Into<Text>) -> Markup {
    link(href, text).class("button")
}

impl Markup {
    /// Sets an attribute.
    pub(crate) fn with(self, name: &'static str, value: impl Into<Text>) -> Self {
        self.with_text(name, value.into())
    }

    /// Sets attributes that are written here: a table takes less code than a call for each.
    #[inline(never)]
    pub(crate) fn with_all(self, attributes: &[(&'static str, &'static str)]) -> Self {
        attributes.iter().fold(self, |element, (name, value)| {
            element.with_text(name, Cow::Borrowed(*value))
        })
    }

    /// Sets an attribute without a value, if it holds.
    pub(crate) fn flag(self, name: &'static str, holds: bool) -> Self {
        if holds { self.with(name, "") } else { self }
    }

    /// Sets the class.
    pub(crate) fn class(self, class: impl Into<Text>) -> Self {
        self.with_text("class", class.into())
    }

    #[inline(never)]
    fn with_text(mut self, name: &'static str, value: Text) -> Self {
        match self.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.attributes.push((name, value)),
        }
        self
    }

    /// Adds text.
    pub(crate) fn text(self, text: impl Into<Text>) -> Self {
        self.and_text(text.into())
    }

    /// Two texts beside each other would be one when the browser has read them, and an empty one none.
    #[inline(never)]
    fn and_text(mut self, text: Text) -> Self {
        match self.content.last_mut() {
            _ if text.is_empty() => {}
            Some(Content::Text(before)) => before.to_mut().push_str(&text),
            _ => self.content.push(Content::Text(text)),
        }
        self
    }

    /// Adds an element.
    #[inline(never)]
    pub(crate) fn child(mut self, child: Self) -> Self {
        self.content.push(Content::Element(child));
        self
    }

    /// Adds an element, if there is one.
    #[inline(never)]
    pub(crate) fn maybe(self, child: Option<Self>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Adds elements.
    pub(crate) fn children(self, children: impl IntoIterator<Item = Self>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    /// The element without what it holds.
    pub(super) fn without_content(mut self) -> Self {
        self.content.clear();
        self
    }

    fn print(&self, html: &mut String) {
        self.open(html);
        for content in &self.content {
            match content {
                Content::Element(element) => element.print(html),
                Content::Text(text) => escape(text, html),
            }
        }
        self.close(html);
    }

    pub(super) fn open(&self, html: &mut String) {
        html.push('<');
        html.push_str(self.tag);
        for (name, value) in &self.attributes {
            html.push(' ');
            html.push_str(name);
            html.push_str("=\"");
            escape(value, html);
            html.push('"');
        }
        html.push('>');
    }

    pub(super) fn close(&self, html: &mut String) {
        if !VOID.contains(&self.tag) {
            html.push_str("</");
            html.push_str(self.tag);
            html.push('>');
        }
    }

    /// What draws it in the browser, by [`super::drawn()`].
    #[cfg(feature = "ssr")]
    pub(crate) fn steps(&self) -> Vec<String> {
        let attributes = self.attributes.iter();
        let attributes = attributes.map(|(name, value)| ["@", name, "=", value].concat());
        let content = self.content.iter().flat_map(|content| match content {
            Content::Element(element) => element.steps(),
            Content::Text(text) => vec![["'", text].concat()],
        });
        std::iter::once(["<", self.tag].concat())
            .chain(attributes)
            .chain(content)
            .chain([">".to_owned()])
            .collect()
    }

    /// The element itself, for what the page draws by hand.
    pub(crate) fn create(&self) -> Element {
        let namespace = matches!(self.tag, "svg" | "use" | "rect" | "path").then_some(SVG);
        let element = Rndr::create_element(self.tag, namespace);
        for (name, value) in &self.attributes {
            Rndr::set_attribute(&element, name, value);
        }
        for content in &self.content {
            Rndr::insert_node(&element, &content.create(), None);
        }
        element
    }

    /// Whether one can be made the other.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.tag == other.tag
    }

    /// Whether both are about the same, as far as their ids tell.
    pub(super) fn has_id_of(&self, other: &Self) -> bool {
        self.id() == other.id()
    }

    fn id(&self) -> Option<&Text> {
        let mut attributes = self.attributes.iter();
        attributes.find_map(|(name, value)| (*name == "id").then_some(value))
    }

    /// Gives the element on the page, which has the attributes of `before`, these attributes.
    pub(super) fn set_attributes(&self, before: &Self, element: &Element) {
        if self.attributes == before.attributes {
            return;
        }
        for (name, _) in &before.attributes {
            if !self.attributes.iter().any(|(kept, _)| kept == name) {
                Rndr::remove_attribute(element, name);
            }
        }
        for (name, value) in &self.attributes {
            Rndr::set_attribute(element, name, value);
        }
    }

    /// Makes the element on the page, which is as `before` says, as this says. `false` when it must be another element.
    fn patch(&self, before: &Self, element: &Element) -> bool {
        if !self.is_like(before) {
            return false;
        }
        self.set_attributes(before, element);
        let mut node = Rndr::first_child(element);
        for (place, content) in self.content.iter().enumerate() {
            let next = node.as_ref().and_then(Rndr::next_sibling);
            content.put(before.content.get(place), node.as_ref(), element);
            node = next;
        }
        while let Some(surplus) = node {
            node = Rndr::next_sibling(&surplus);
            Rndr::remove(&surplus);
        }
        true
    }
}

impl Content {
    fn create(&self) -> Node {
        match self {
            Self::Element(element) => element.create().into(),
            Self::Text(text) => Rndr::create_text_node(text).into(),
        }
    }

    /// Puts this where `node` stands, which is as `before` says; at the end when there is none.
    fn put(&self, before: Option<&Self>, node: Option<&Node>, parent: &Element) {
        if before == Some(self) && node.is_some() {
            return;
        }
        let is_done = match (self, before, node) {
            (Self::Element(element), Some(Self::Element(before)), Some(node)) => {
                Element::cast_from(node.clone()).is_some_and(|found| element.patch(before, &found))
            }
            (Self::Text(text), Some(Self::Text(_)), Some(node)) => {
                node.set_node_value(Some(text));
                true
            }
            _ => false,
        };
        if !is_done {
            Rndr::insert_node(parent, &self.create(), node);
            if let Some(node) = node {
                Rndr::remove(node);
            }
        }
    }
}

/// For text and for attributes between double quotes.
fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}

/// What stands on the page.
pub(crate) struct Shown(Markup, Element);

impl Render for Markup {
    type State = Shown;

    fn build(self) -> Shown {
        let element = self.create();
        Shown(self, element)
    }

    fn rebuild(self, shown: &mut Shown) {
        let Shown(before, element) = shown;
        if self == *before {
            return;
        }
        if !self.patch(before, element) {
            let mut other = self.create();
            element.insert_before_this(&mut other);
            element.unmount();
            *element = other;
        }
        *before = self;
    }
}

impl Mountable for Shown {
    fn unmount(&mut self) {
        self.1.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.1.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.1.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.1.clone()]
    }
}

/// It is complete as it is: attributes from outside are left out.
impl AddAnyAttr for Markup {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self
    where
        Self: RenderHtml,
    {
        self
    }
}

impl RenderHtml for Markup {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
        self.print(html);
        *position = Position::NextChild;
    }

    /// Only the element itself is looked for: its content was printed from the same data.
    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Shown {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        position.set(Position::NextChild);
        match Element::cast_from(cursor.current()) {
            Some(element) => Shown(self, element),
            None => self.build(),
        }
    }

    fn into_owned(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markup: &Markup) -> String {
        let mut html = String::new();
        markup.print(&mut html);
        html
    }

    #[test]
    fn prints_what_the_browser_reads_back() {
        let markup = el("p")
            .class("a")
            .text("one")
            .text(" two".to_owned())
            .child(el("b").text("three"))
            .maybe(None)
            .text("")
            .children([el("input").with("name", "x").flag("checked", true)]);
        assert_eq!(
            html(&markup),
            "<p class=\"a\">one two<b>three</b><input name=\"x\" checked=\"\"></p>"
        );
        assert_eq!(markup.content.len(), 3, "texts side by side are one");
    }

    #[test]
    fn an_attribute_stands_once() {
        let markup = link("/", "Home").class("a").class("b");
        assert_eq!(html(&markup), "<a href=\"/\" class=\"b\">Home</a>");
    }

    #[test]
    fn text_and_values_cannot_break_out() {
        let evil = "</p><script>alert(1)</script>\" onload=\"x&";
        let markup = el("p").with("title", evil).text(evil);
        assert_eq!(
            html(&markup),
            "<p title=\"&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x&amp;\">\
             &lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x&amp;</p>"
        );
    }
}

//! Views that need no waiting.
//!
//! The framework compiles every view twice for hydration, once straight and once as a state machine that can
//! wait for lazy parts inside. Nothing below a page's data waits: marking such views as whole leaves the second
//! form out, which was a quarter of the browser's share.

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::prelude::*;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::ssr::StreamBuilder;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Position, PositionState, Render};

/// Erases a view's type and says that it holds no `Suspense`, no `Suspend` and no lazy route.
pub(crate) trait Whole {
    fn whole(self) -> AnyView;
}

impl<T> Whole for T
where
    T: RenderHtml + Send + 'static,
{
    fn whole(self) -> AnyView {
        Plain(self).into_any()
    }
}

struct Plain<T>(T);

impl<T: Render> Render for Plain<T> {
    type State = T::State;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

impl<T: AddAnyAttr> AddAnyAttr for Plain<T> {
    type Output<A: Attribute> = T::Output<A>;

    fn add_any_attr<A: Attribute>(self, attribute: A) -> Self::Output<A>
    where
        Self::Output<A>: RenderHtml,
    {
        self.0.add_any_attr(attribute)
    }
}

/// Everything is passed on but `hydrate_async`, whose default is the straight form.
impl<T: RenderHtml + Send> RenderHtml for Plain<T> {
    type AsyncOutput = T::AsyncOutput;
    type Owned = Plain<T::Owned>;
    const MIN_LENGTH: usize = T::MIN_LENGTH;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    async fn resolve(self) -> Self::AsyncOutput {
        self.0.resolve().await
    }

    fn html_len(&self) -> usize {
        self.0.html_len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0
            .to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_async_with_buf::<OUT_OF_ORDER>(
            buf,
            position,
            escape,
            mark_branches,
            extra_attrs,
        );
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self::Owned {
        Plain(self.0.into_owned())
    }
}

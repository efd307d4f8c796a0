//! The calls that are worked on, in the browser: several side by side, of which one is shown.

use std::cell::RefCell;
use std::rc::Rc;

use orderdesk_mcp_contract::form::FormSpec;
use orderdesk_mcp_contract::views::console::{ConsoleHints, ConsoleStore};

use super::asked::Asked;
use super::call::Call;
use super::kept;
use crate::transport::Data;

/// Most calls at once.
pub(super) const TABS_MAX: usize = 8;
/// Said when there is no room for one more.
const FULL: &str = "Eight calls stand side by side, which is the most. Close one of them first.";

/// The tool that the page shows.
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) hints: ConsoleHints,
    pub(super) refused: Option<String>,
    pub(super) family: String,
    pub(super) spec: FormSpec,
    pub(super) stores: Vec<ConsoleStore>,
    pub(super) mcp_url: String,
}

/// Everything that the page works on.
pub(super) struct State {
    /// Whose calls these are, and of which workspace.
    pub(super) owner: String,
    pub(super) tool: Rc<Tool>,
    pub(super) calls: Vec<Call>,
    pub(super) shown: usize,
    /// How many calls there have been; the last one's id.
    made: u32,
    /// Whether the arguments are shown as JSON.
    pub(super) is_json: bool,
    /// Which view of the result is shown.
    pub(super) view: usize,
    /// What the call is copied as; none while that is closed.
    pub(super) copied: Option<usize>,
    /// Counts the checks of the JSON, of which the last one holds.
    pub(super) checks: u32,
    /// What is offered for the fields: each picker, and the store whose things they are.
    pub(super) offered: Vec<(String, String)>,
}

/// The person's calls, and the way to another page; whether that takes the place of this one in the browser's history.
type Page = (Data, Rc<dyn Fn(&str, bool)>);

thread_local! {
    /// In the browser, which has one thread and one console.
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

/// The page is there.
pub(super) fn begin(history: Data, go: impl Fn(&str, bool) + 'static) {
    PAGE.set(Some((history, Rc::new(go))));
}

/// The page is left. The calls stay, and those under way go on.
pub(super) fn end() {
    PAGE.set(None);
}

/// Reads the person's calls anew.
pub(super) fn refetch() {
    PAGE.with_borrow(|page| {
        if let Some((history, _)) = page {
            history.refetch();
        }
    });
}

/// Goes to another page.
pub(super) fn go(path: &str, is_instead: bool) {
    let go = PAGE.with_borrow(|page| page.as_ref().map(|(_, go)| Rc::clone(go)));
    if let Some(go) = go {
        go(path, is_instead);
    }
}

/// Works on the state, once there is one.
pub(super) fn with<R>(work: impl FnOnce(&mut State) -> R) -> Option<R> {
    let (mut work, mut result) = (Some(work), None);
    borrow(&mut |state| result = work.take().map(|work| work(state)));
    result
}

/// Edits the call that is shown. Nothing happens while the page goes from one tool to another.
pub(super) fn edit(work: impl FnOnce(&mut Call, &FormSpec)) {
    let mut work = Some(work);
    borrow(&mut |state| {
        let tool = Rc::clone(&state.tool);
        let call = &mut state.calls[state.shown];
        if let Some(work) = work.take().filter(|_| call.tool == tool.name) {
            work(call, &tool.spec);
            state.keep();
        }
    });
}

/// Once for all that is worked on the state, not once for each.
#[inline(never)]
fn borrow(work: &mut dyn FnMut(&mut State)) {
    STATE.with_borrow_mut(|state| {
        if let Some(state) = state {
            work(state);
        }
    });
}

/// How the page comes to show a tool.
pub(super) enum Entered {
    /// The page was just loaded, and somebody may have typed into it already. Says whether it shows the call as it is.
    First(bool),
    /// Another tool or call was chosen.
    Again,
    /// There is no room for its call: the page goes back to this tool.
    Full(String),
}

/// The page shows a tool, with what its address asks for.
pub(super) fn enter(asked: Asked) -> Entered {
    STATE.with_borrow_mut(|slot| {
        let is_first = slot.is_none();
        // After another sign-in, or in another workspace.
        slot.take_if(|state| state.owner != asked.owner);
        let tool = Rc::new(asked.tool);
        let state = slot.get_or_insert_with(|| State::of(asked.owner, &tool));
        if !state.open(asked.call, asked.is_given) {
            let call = state.call_mut();
            call.refused = Some(FULL.to_owned());
            return Entered::Full(call.tool.clone());
        }
        state.tool = tool;
        state.view = 0;
        state.offered.clear();
        state.checks = state.checks.wrapping_add(1);
        if is_first {
            Entered::First(state.calls.len() == 1 && state.call().text == asked.drawn)
        } else {
            Entered::Again
        }
    })
}

impl State {
    fn of(owner: String, tool: &Rc<Tool>) -> Self {
        let calls = kept::read(&owner);
        let mut state = Self {
            owner,
            tool: Rc::clone(tool),
            calls: Vec::new(),
            shown: 0,
            made: 0,
            is_json: false,
            view: 0,
            copied: None,
            checks: 0,
            offered: Vec::new(),
        };
        for call in calls {
            state.push(call);
        }
        state.shown = 0;
        state
    }

    /// The call that is shown.
    pub(super) fn call(&self) -> &Call {
        &self.calls[self.shown]
    }

    pub(super) fn call_mut(&mut self) -> &mut Call {
        &mut self.calls[self.shown]
    }

    /// The call of this id, unless it was closed.
    pub(super) fn call_of(&mut self, id: u32) -> Option<&mut Call> {
        self.calls.iter_mut().find(|call| call.id == id)
    }

    /// Whether the page shows this call, and not the way to it.
    pub(super) fn is_shown(&self, id: u32) -> bool {
        self.call().id == id && self.call().tool == self.tool.name
    }

    fn with_id(&mut self, mut call: Call) -> Call {
        self.made += 1;
        call.id = self.made;
        call
    }

    /// Adds a call and shows it.
    fn push(&mut self, call: Call) {
        let call = self.with_id(call);
        self.calls.push(call);
        self.shown = self.calls.len() - 1;
    }

    /// Shows a call of the tool: one that it fits, else itself, in the place of a blank one or beside the others. Says
    /// whether there was room.
    fn open(&mut self, mut call: Call, is_given: bool) -> bool {
        let fits = |other: &Call| {
            other.tool == call.tool
                && (!is_given || (other.text == call.text && call.run.is_none()))
        };
        let shown = self.calls.get(self.shown);
        let is_shown = |is: &dyn Fn(&Call) -> bool| shown.is_some_and(is).then_some(self.shown);
        let found = is_shown(&fits).or_else(|| self.calls.iter().position(fits));
        let blank = is_shown(&Call::is_blank).or_else(|| {
            let is_full = self.calls.len() >= TABS_MAX;
            self.calls
                .iter()
                .position(Call::is_blank)
                .filter(|_| is_full)
        });
        if let Some(place) = found {
            self.shown = place;
            if let Some(why) = call.refused.take() {
                self.call_mut().refused = Some(why);
            }
        } else if let Some(place) = blank {
            self.calls[place] = self.with_id(call);
            self.shown = place;
        } else if self.calls.len() < TABS_MAX {
            self.push(call);
        } else {
            return false;
        }
        self.keep();
        true
    }

    /// Adds a call like the one that is shown.
    pub(super) fn add(&mut self) {
        if self.calls.len() >= TABS_MAX {
            self.call_mut().refused = Some(FULL.to_owned());
            return;
        }
        let like = self.call().clone();
        self.push(Call {
            run: None,
            refused: None,
            stop: None,
            ..like
        });
        self.keep();
    }

    /// Removes a call; the last one stays.
    pub(super) fn close(&mut self, place: usize) {
        if self.calls.len() > 1 && place < self.calls.len() {
            self.calls.remove(place).give_up();
            if self.shown > place || self.shown == self.calls.len() {
                self.shown -= 1;
            }
            self.keep();
        }
    }

    /// Has the browser keep the calls.
    fn keep(&self) {
        kept::write(&self.owner, &self.calls);
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::tools::catalog;

    use super::*;

    fn state() -> State {
        let tool = Tool {
            name: "orders_get".into(),
            description: String::new(),
            hints: ConsoleHints {
                reads: true,
                destructive: false,
                idempotent: true,
                dry_run: false,
            },
            refused: None,
            family: "orders".into(),
            spec: FormSpec::of(catalog::find("orders_get").unwrap()),
            stores: Vec::new(),
            mcp_url: String::new(),
        };
        State {
            owner: "one".into(),
            tool: Rc::new(tool),
            calls: Vec::new(),
            shown: 0,
            made: 0,
            is_json: false,
            view: 0,
            copied: None,
            checks: 0,
            offered: Vec::new(),
        }
    }

    fn order(number: usize) -> Call {
        Call::new("orders_get", &format!("{{\"order_id\":\"{number}\"}}"))
    }

    #[test]
    fn a_call_keeps_its_id_when_others_are_closed() {
        let mut state = state();
        for number in 0..3 {
            assert!(state.open(order(number), true));
        }
        let id = state.call().id;
        state.close(0);
        assert_eq!(state.shown, 1);
        assert!(state.is_shown(id));
        assert_eq!(state.call_of(id).unwrap().text, order(2).text);
        state.close(1);
        assert!(state.call_of(id).is_none());
        assert!(state.open(order(2), true));
        assert_ne!(state.call().id, id);
    }

    #[test]
    fn one_call_too_many_replaces_a_blank_one_or_nothing() {
        let mut state = state();
        for number in 0..TABS_MAX {
            assert!(state.open(order(number), true));
        }
        let shown = state.call().id;
        assert!(!state.open(order(99), true));
        state.add();
        assert_eq!(state.calls.len(), TABS_MAX);
        assert!(state.is_shown(shown) && state.call().refused.is_some());
        assert!(state.open(order(3), true), "one of them fits");
        state.calls[5] = Call::new("orders_list", "{}");
        assert!(state.open(order(99), true));
        assert_eq!((state.calls.len(), state.shown), (TABS_MAX, 5));
    }
}

//! The descriptor table's word, as the library has it, among threads that enter, watch and close: loom tries every order.
//!
//! loom takes sequentially consistent loads and stores for less than they are; the fences here stand for what they promise.
#![cfg(all(loom, test))]
#[allow(dead_code, missing_docs)]
#[path = "../../../src/engine/fdtable/state.rs"]
mod state;

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst, fence};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;
use state::{Door, State};

/// One number, as `table.rs` handles it; one record that may watch it among others, as `record.rs` does.
struct Model {
    state: State,
    closing: AtomicUsize,
    watched: AtomicBool,
    /// Whoever is inside has been told to look again.
    woken: Mutex<bool>,
    bell: Condvar,
    /// What the kernel has: calls that use the number now, and how often it was closed.
    using: AtomicUsize,
    closed: AtomicUsize,
}

impl Model {
    fn new() -> Arc<Model> {
        Arc::new(Model {
            state: State::new(),
            closing: AtomicUsize::new(0),
            watched: AtomicBool::new(false),
            woken: Mutex::new(false),
            bell: Condvar::new(),
            using: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
        })
    }

    fn finish(&self) -> bool {
        fence(SeqCst);
        if self.watched.load(SeqCst) {
            return false;
        }
        let Some(round) = self.state.begin_end() else { return false };
        assert_eq!(self.using.load(SeqCst), 0, "closed in the kernel under somebody who uses it");
        self.closed.fetch_add(1, SeqCst);
        self.state.ended(round);
        self.closing.fetch_sub(1, SeqCst);
        true
    }

    /// True where it was this one who closed it.
    fn close(&self) -> bool {
        self.closing.fetch_add(1, SeqCst);
        let Ok(inside) = self.state.shut() else {
            self.closing.fetch_sub(1, SeqCst);
            return false;
        };
        fence(SeqCst);
        if inside != 0 || self.watched.load(SeqCst) {
            *self.woken.lock().unwrap() = true;
            self.bell.notify_all();
        }
        self.finish();
        true
    }

    /// A call on the number alone. True where it came in.
    fn call(&self) -> bool {
        let inside = self.state.enter() == Door::Open;
        if inside {
            let closed = self.closed.load(SeqCst);
            self.using.fetch_add(1, SeqCst);
            assert_eq!(self.closed.load(SeqCst), closed, "the number became another's inside of a call");
            self.using.fetch_sub(1, SeqCst);
        }
        if self.state.leave() {
            self.finish();
        }
        inside
    }

    /// A select among others.
    fn select(&self) {
        self.watched.store(true, SeqCst);
        fence(SeqCst);
        let shut = self.closing.load(SeqCst) != 0 && self.state.look() != Door::Open;
        if !shut {
            let closed = self.closed.load(SeqCst);
            self.using.fetch_add(1, SeqCst);
            assert_eq!(self.closed.load(SeqCst), closed, "the number became another's inside of a select");
            self.using.fetch_sub(1, SeqCst);
        }
        self.watched.store(false, SeqCst);
        fence(SeqCst);
        if self.closing.load(SeqCst) != 0 && self.state.look() == Door::Closing {
            self.finish();
        }
    }

    fn at_rest(&self, closed: usize) {
        assert_eq!(self.closed.load(SeqCst), closed, "closed in the kernel");
        assert_eq!(self.closing.load(SeqCst), 0);
        assert_eq!(self.state.look(), Door::Open);
        assert_eq!(self.state.inside(), 0);
    }
}

#[test]
fn a_close_under_two_calls() {
    loom::model(|| {
        let model = Model::new();
        let calls: Vec<_> = (0..2)
            .map(|_| {
                let model = model.clone();
                thread::spawn(move || model.call())
            })
            .collect();
        assert!(model.close());
        calls.into_iter().for_each(|call| {
            call.join().unwrap();
        });
        model.at_rest(1);
    });
}

#[test]
fn two_closes_at_once_are_one_or_one_after_the_other() {
    loom::model(|| {
        let model = Model::new();
        let other = {
            let model = model.clone();
            thread::spawn(move || model.close())
        };
        let mine = model.close();
        let closes = usize::from(mine) + usize::from(other.join().unwrap());
        assert!(closes >= 1);
        model.at_rest(closes);
    });
}

#[test]
fn a_close_under_a_select_and_a_call() {
    loom::model(|| {
        let model = Model::new();
        let select = {
            let model = model.clone();
            thread::spawn(move || model.select())
        };
        let call = {
            let model = model.clone();
            thread::spawn(move || model.call())
        };
        assert!(model.close());
        select.join().unwrap();
        call.join().unwrap();
        model.at_rest(1);
    });
}

/// Who sleeps is woken, or sees the mark before it sleeps.
#[test]
fn nobody_sleeps_through_a_close() {
    loom::model(|| {
        let model = Model::new();
        let sleeper = {
            let model = model.clone();
            thread::spawn(move || {
                let open = model.state.enter() == Door::Open && model.state.look() == Door::Open;
                // what came after the close is the kernel's to refuse
                if open && model.closed.load(SeqCst) == 0 {
                    // loom says so where nobody ever wakes it
                    let mut woken = model.woken.lock().unwrap();
                    while !*woken {
                        woken = model.bell.wait(woken).unwrap();
                    }
                }
                if model.state.leave() {
                    model.finish();
                }
            })
        };
        assert!(model.close());
        sleeper.join().unwrap();
        model.at_rest(1);
    });
}

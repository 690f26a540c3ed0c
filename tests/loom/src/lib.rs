//! The descriptor table's protocol, run by the library's own code (`state.rs`, `watch.rs`) among threads that call, watch and close: loom tries
//! every order of what they do, as far as `LOOM_MAX_PREEMPTIONS` goes. What is the kernel's is put in place of it here.
#![cfg(all(loom, test))]
mod model;
#[allow(dead_code)]
mod sequential;
#[allow(dead_code, missing_docs)]
#[path = "../../../src/engine/fdtable/state.rs"]
mod state;
#[allow(dead_code)]
#[path = "../../../src/engine/fdtable/watch.rs"]
mod watch;

use loom::thread;
use model::Model;
use sequential::{Fences, set_fences};
use std::sync::Arc;

/// Runs a model whose threads do these at the same time, with so many descriptors and sleepers.
fn together<const THREADS: usize>(
    descriptors: usize,
    sleepers: usize,
    threads: [fn(&Model); THREADS],
    end: impl Fn(&Model) + Sync + Send + Copy + 'static,
) {
    for fences in [Fences::AfterStores, Fences::BeforeLoads] {
        set_fences(fences);
        loom::model(move || {
            let model = Arc::new(Model::new(descriptors, sleepers));
            let (last, others) = threads.split_last().unwrap();
            let others: Vec<_> = others
                .iter()
                .map(|&work| {
                    let model = model.clone();
                    thread::spawn(move || work(&model))
                })
                .collect();
            last(&model);
            others.into_iter().for_each(|other| other.join().unwrap());
            end(&model);
        });
    }
}

fn closed_once(model: &Model) {
    model.at_rest(&[1]);
}

#[test]
fn a_close_under_two_calls() {
    together(1, 0, [|m| m.call(0), |m| m.call(0), |m| assert!(m.close(0))], closed_once);
}

#[test]
fn two_closes_at_once_are_one_or_one_after_the_other() {
    together(1, 0, [|m| m.count_close(0), |m| m.count_close(0)], |model| model.at_rest(&[model.closes()]));
}

#[test]
fn a_close_under_a_sleep() {
    together(1, 1, [|m| m.receive(0, 0), |m| assert!(m.close(0))], closed_once);
}

#[test]
fn a_close_under_a_select() {
    together(1, 1, [|m| m.select(0, 0b1), |m| assert!(m.close(0))], closed_once);
}

#[test]
fn a_close_under_two_sleeps() {
    together(1, 2, [|m| m.receive(0, 0), |m| m.receive(1, 0), |m| assert!(m.close(0))], closed_once);
}

#[test]
fn a_close_under_two_selects() {
    together(1, 2, [|m| m.select(0, 0b1), |m| m.select(1, 0b1), |m| assert!(m.close(0))], closed_once);
}

#[test]
fn a_close_under_a_select_and_a_sleep() {
    together(1, 2, [|m| m.select(0, 0b1), |m| m.receive(1, 0), |m| assert!(m.close(0))], closed_once);
}

#[test]
fn a_close_under_a_select_and_a_call() {
    together(1, 1, [|m| m.select(0, 0b1), |m| m.call(0), |m| assert!(m.close(0))], closed_once);
}

#[test]
fn two_closes_of_two_descriptors_under_a_select() {
    together(2, 1, [|m| m.select(0, 0b11), |m| assert!(m.close(0)), |m| assert!(m.close(1))], |model| {
        model.at_rest(&[1, 1]);
    });
}

#[test]
fn two_closes_of_a_descriptor_under_a_select() {
    together(1, 1, [|m| m.select(0, 0b1), |m| m.count_close(0), |m| m.count_close(0)], |model| {
        model.at_rest(&[model.closes()]);
    });
}

#[test]
fn two_closes_of_a_descriptor_under_a_sleep() {
    together(1, 1, [|m| m.receive(0, 0), |m| m.count_close(0), |m| m.count_close(0)], |model| {
        model.at_rest(&[model.closes()]);
    });
}

#[test]
fn a_number_that_is_given_out_anew_at_once() {
    together(1, 0, [|m| m.call(0), |m| m.open_and_close(0), |m| assert!(m.close(0))], |model| {
        model.at_rest(&[1 + model.made(0)]);
    });
}

#[test]
fn a_number_that_is_given_out_anew_under_a_sleep() {
    together(1, 1, [|m| m.receive(0, 0), |m| m.open_and_close(0), |m| assert!(m.close(0))], |model| {
        model.at_rest(&[1 + model.made(0)]);
    });
}

#[test]
fn a_number_that_is_given_out_anew_under_a_select() {
    together(1, 1, [|m| m.select(0, 0b1), |m| m.open_and_close(0), |m| assert!(m.close(0))], |model| {
        model.at_rest(&[1 + model.made(0)]);
    });
}

/// The bell of the first may still ring when the second begins, or ring in the midst of it.
#[test]
fn a_sleep_after_a_sleep() {
    let sleeper = |m: &Model| {
        m.receive(0, 0);
        m.receive(0, 1);
    };
    together(2, 1, [sleeper, |m| assert!(m.close(0)), |m| assert!(m.close(1))], |model| {
        model.at_rest(&[1, 1]);
        assert!(model.rings() <= 2, "a ring ends one sleep");
    });
}

#[test]
fn a_sleep_after_a_select() {
    let sleeper = |m: &Model| {
        m.select(0, 0b1);
        m.receive(0, 1);
    };
    together(2, 1, [sleeper, |m| assert!(m.close(0)), |m| assert!(m.close(1))], |model| {
        model.at_rest(&[1, 1]);
        assert!(model.rings() <= 2, "a ring ends one sleep");
    });
}

#[test]
fn a_sleeper_that_two_take_one_after_the_other() {
    let sleeper = |m: &Model| {
        m.select(0, 0b1);
        m.give_back(0);
        m.take(0);
        m.select(0, 0b10);
        m.give_back(0);
    };
    together(
        2,
        1,
        [
            sleeper,
            |m| {
                m.close(0);
            },
            |m| {
                m.close(1);
            },
        ],
        |model| {
            model.at_rest(&[1, 1]);
        },
    );
}

#[test]
fn bells_that_come_and_go_while_somebody_asks() {
    let sleeper = |m: &Model| {
        m.receive(0, 0);
        m.give_back(0);
        m.take(0);
    };
    together(1, 1, [sleeper, |m| assert!(m.bells() <= 1), |m| assert!(m.close(0))], closed_once);
}

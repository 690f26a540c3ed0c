//! Forms (`lws_spa_*`): the fields that a program wants are kept, files go to its callback.
use super::abi::lws_spa_fileupload_states::*;
use super::abi::{lws_spa_fileupload_cb, lws_spa_fileupload_states, lwsac};
use super::log::lwsl_info;
use super::lwsac::Lwsac;
use crate::engine::arena::{Handle, Handles};
use crate::engine::local::Local;
use crate::proto::form::{Event, Malformed, Parser};
use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::rc::Rc;

/// All forms of the process.
pub static FORMS: Handles<Rc<Spa>> = Handles::new();

/// What C holds as `struct lws_spa *`.
pub type SpaHandle = Handle<Rc<Spa>>;

/// A file name that is longer is cut: programs may have sized their memory by what libwebsockets gives them.
const FILENAME_MAX: usize = 255;
/// The most of a file that one callback brings.
const CHUNK_MAX: usize = 65535;
/// The same where the program allows no storage.
const CHUNK_DEFAULT: usize = 1024;

/// How a form is to be read.
pub struct Setup {
    /// The fields to keep.
    pub names: Vec<Vec<u8>>,
    /// The most bytes to keep of their values.
    pub max_storage: usize,
    /// What receives files.
    pub callback: lws_spa_fileupload_cb,
    /// The callback's first argument.
    pub data: *mut c_void,
    /// Where to keep the values: the program's variable, and the size of its chunks.
    pub store: Option<(*mut *mut lwsac, usize)>,
}

/// A form that is being read, or has been.
///
/// It is in an `Rc`, because a callback may destroy it while it is being processed.
pub struct Spa {
    handle: Cell<*const SpaHandle>,
    callback: lws_spa_fileupload_cb,
    data: *mut c_void,
    /// Input is being processed, perhaps by a callback's caller.
    busy: Cell<bool>,
    failed: Cell<bool>,
    finished: Cell<bool>,
    /// The callback has heard CLOSE.
    closed: Cell<bool>,
    state: Local<State>,
}

struct State {
    parser: Parser,
    names: Vec<Vec<u8>>,
    values: Vec<Option<Value>>,
    /// What may still be kept.
    room: usize,
    store: Option<(*mut *mut lwsac, usize)>,
    part: Part,
    /// The value of the field, or what of the file has not been given to the program.
    content: Vec<u8>,
    /// What a callback is being given, with a NUL behind it.
    given: Vec<u8>,
    chunk: usize,
    /// Of the file, as C strings.
    name: Vec<u8>,
    filename: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Nobody wants it.
    Ignored,
    /// It is the value with this number.
    Field(usize),
    File,
}

/// A value, with a NUL behind it.
enum Value {
    Own(Vec<u8>),
    /// In the program's memory.
    Theirs(*const u8, usize),
}

impl Spa {
    /// A form of this content type. None when memory runs out.
    ///
    /// # Safety
    /// `setup.store` is a variable that is null or holds a living lwsac, and stays so until the form is destroyed.
    pub unsafe fn create(content_type: &[u8], setup: Setup) -> Option<*const SpaHandle> {
        let parser = Parser::for_content_type(content_type);
        if let Err(Malformed(why)) = &parser {
            lwsl_info!("form: {why}");
        }
        let failed = parser.is_err();
        let spa = Rc::new(Spa {
            handle: Cell::new(ptr::null()),
            callback: setup.callback,
            data: setup.data,
            busy: Cell::new(false),
            failed: Cell::new(failed),
            finished: Cell::new(false),
            closed: Cell::new(setup.callback.is_none()),
            state: Local::new(State {
                parser: parser.unwrap_or(Parser::Urlencoded(Default::default())),
                values: setup.names.iter().map(|_| None).collect(),
                names: setup.names,
                // one less, as libwebsockets counts
                room: setup.max_storage.saturating_sub(1),
                store: setup.store,
                part: Part::Ignored,
                content: Vec::new(),
                given: Vec::new(),
                chunk: if setup.max_storage > 1 { (setup.max_storage - 1).min(CHUNK_MAX) } else { CHUNK_DEFAULT },
                name: vec![0],
                filename: vec![0],
            }),
        });
        let handle = FORMS.create(Box::new(spa.clone()))?;
        spa.handle.set(handle);
        if let Some((head, _)) = setup.store {
            // SAFETY: by this function's contract.
            unsafe { Lwsac::at(&mut *head) }.own(Owned(spa));
        }
        Some(handle)
    }

    /// The form behind a pointer from C, if it is one and alive.
    pub fn from_c<T>(pointer: *const T) -> Option<Rc<Spa>> {
        // SAFETY: the reference ends here.
        unsafe { FORMS.get(pointer.cast()) }.cloned()
    }

    fn is_alive(&self) -> bool {
        !self.handle.get().is_null()
    }

    /// Takes in a piece of the body. False when the form is malformed or too large, the program has abandoned it, or it was
    /// destroyed meanwhile.
    ///
    /// # Safety
    /// There are `len` readable bytes at `input`.
    pub unsafe fn process(&self, input: *const u8, len: usize) -> bool {
        if self.finished.get() {
            lwsl_info!("form: {len} bytes behind its end are ignored");
            return true;
        }
        if self.failed.get() || self.busy.replace(true) {
            return false;
        }
        // SAFETY: by this function's contract.
        let good = unsafe { self.run(input, len) };
        self.busy.set(false);
        self.failed.set(!good);
        good
    }

    /// # Safety
    /// As [`process`](Self::process).
    unsafe fn run(&self, input: *const u8, len: usize) -> bool {
        let mut at = 0;
        loop {
            let step = self.state.with(|state| {
                // SAFETY: by contract; no slice of it lasts while C is called.
                let rest = if at < len { unsafe { std::slice::from_raw_parts(input.add(at), len - at) } } else { &[] };
                state.step(rest)
            });
            let (used, call) = match step {
                Ok(Step { used, call: None, more: false }) if at + used == len => return true,
                Ok(step) => (step.used, step.call),
                Err(Malformed(why)) => {
                    lwsl_info!("form: {why}");
                    return false;
                }
            };
            at += used;
            if call.is_some_and(|call| self.call(call) != 0 || !self.is_alive()) {
                return false;
            }
        }
    }

    /// Calls the program. Afterwards the form may be destroyed.
    fn call(&self, state: lws_spa_fileupload_states) -> c_int {
        let Some(callback) = self.callback else { return 0 };
        let (name, filename, given, len) = self.state.with(|form| {
            let len = form.given.len() - 1;
            (form.name.as_ptr(), form.filename.as_ptr(), form.given.as_mut_ptr(), len as c_int)
        });
        let state = state as c_int as super::abi::lws_spa_fileupload_states_int;
        // SAFETY: the program's function, with strings that nothing changes until the next step.
        unsafe { callback(self.data, name.cast(), filename.cast(), given.cast(), len, state) }
    }

    /// The body has ended. False when the form is not complete.
    pub fn finalize(&self) -> bool {
        if self.busy.get() {
            return false;
        }
        if !self.finished.get() {
            let last = self.state.with(|state| state.parser.last_input());
            // SAFETY: a constant.
            let good = unsafe { self.process(last.as_ptr(), last.len()) };
            if good && !self.state.with(|state| state.parser.is_complete()) {
                lwsl_info!("form: the body ends too early");
                self.failed.set(true);
            }
            self.finished.set(true);
            self.close();
        }
        !self.failed.get()
    }

    /// Tells the callback, once, that nothing more comes.
    fn close(&self) {
        if self.closed.replace(true) {
            return;
        }
        self.state.with(|state| {
            state.given = vec![0];
            if state.part != Part::File {
                state.name = vec![0];
                state.filename = vec![0];
            }
        });
        self.call(LWS_UFS_CLOSE);
    }

    /// Ends the form. Its own memory goes with the last user, values in the program's memory stay.
    pub fn destroy(&self) {
        self.retire();
        self.close();
    }

    fn retire(&self) {
        let handle = self.handle.replace(ptr::null());
        if !handle.is_null() {
            FORMS.destroy(handle);
        }
    }

    /// The value of a field; none when it has not come or is empty.
    pub fn value(&self, n: usize) -> Option<(*const c_char, usize)> {
        self.state.with(|state| match state.values.get(n)?.as_ref()? {
            Value::Own(text) => Some((text.as_ptr().cast(), text.len() - 1)),
            Value::Theirs(at, len) => Some((at.cast(), *len)),
        })
    }
}

/// What is in the program's memory ends with it, destroyed or not.
struct Owned(Rc<Spa>);

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.retire();
        // the values are gone
        self.0.state.with(|state| state.values.clear());
    }
}

/// What a step has done.
#[derive(Default)]
struct Step {
    used: usize,
    /// The program must be told.
    call: Option<lws_spa_fileupload_states>,
    /// There was an event.
    more: bool,
}

impl State {
    fn step(&mut self, input: &[u8]) -> Result<Step, Malformed> {
        let file = self.part == Part::File;
        if file && self.content.len() >= self.chunk {
            self.give(self.chunk);
            return Ok(Step { call: Some(LWS_UFS_CONTENT), ..Step::default() });
        }
        let limit = if file { self.chunk - self.content.len() } else { input.len() };
        let input = &input[..limit.min(input.len())];
        let (used, event) = self.parser.step(input)?;
        let step = Step { used, call: None, more: event != Event::Nothing };
        match event {
            Event::Nothing => {}
            Event::Field => {
                let wanted = self.names.iter().position(|name| self.parser.is_named(name));
                // of several with the same name, the first that is not empty counts
                let wanted = wanted.filter(|&n| self.values[n].is_none());
                self.part = wanted.map_or(Part::Ignored, Part::Field);
            }
            Event::File => {
                self.part = Part::File;
                self.name = c_string(self.parser.name());
                self.filename = c_string(cut(self.parser.filename()));
                self.give(0);
                return Ok(Step { call: Some(LWS_UFS_OPEN), ..step });
            }
            Event::Content(range) => self.take(&input[range])?,
            Event::Held => {
                let held = self.parser.held().to_vec();
                self.take(&held)?;
            }
            Event::End => {
                let part = std::mem::replace(&mut self.part, Part::Ignored);
                match part {
                    Part::Ignored => {}
                    Part::Field(n) => self.keep(n)?,
                    // held content may be more than one callback brings
                    Part::File => {
                        self.give(self.content.len());
                        return Ok(Step { call: Some(LWS_UFS_FINAL_CONTENT), ..step });
                    }
                }
            }
        }
        Ok(step)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        match self.part {
            Part::Ignored => return Ok(()),
            Part::Field(_) if self.content.len() + bytes.len() + 1 > self.room => {
                return Err(Malformed("the values are longer than the program allows"));
            }
            Part::Field(_) | Part::File => {}
        }
        self.content.extend(bytes);
        Ok(())
    }

    /// The field is complete.
    fn keep(&mut self, n: usize) -> Result<(), Malformed> {
        let mut text = std::mem::take(&mut self.content);
        if text.is_empty() {
            return Ok(());
        }
        text.push(0);
        self.room -= text.len();
        let value = match self.store {
            None => Value::Own(text),
            Some((head, chunk)) => {
                // SAFETY: the program's variable, see `Spa::create`; what is taken has that length and is ours.
                unsafe {
                    let place = Lwsac::at(&mut *head).take(text.len(), chunk).ok_or(Malformed("memory has run out"))?;
                    place.copy_from_nonoverlapping(text.as_ptr(), text.len());
                    Value::Theirs(place, text.len() - 1)
                }
            }
        };
        self.values[n] = Some(value);
        Ok(())
    }

    /// Moves the first `len` bytes of the content to where the callback gets them.
    fn give(&mut self, len: usize) {
        self.given.clear();
        self.given.extend(self.content.drain(..len));
        self.given.push(0);
    }
}

fn c_string(text: &[u8]) -> Vec<u8> {
    [text, b"\0"].concat()
}

/// A file name of a length that programs expect, cut between characters.
fn cut(name: &[u8]) -> &[u8] {
    if name.len() <= FILENAME_MAX {
        return name;
    }
    lwsl_info!("form: a file name of {} bytes is cut", name.len());
    let end = (0..=FILENAME_MAX).rev().find(|&end| name[end] & 0xc0 != 0x80).unwrap_or(FILENAME_MAX);
    &name[..end]
}

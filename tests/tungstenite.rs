//! An independent client, tungstenite, against a C echo server on the library that cargo has just built.
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, WebSocket};
use tungstenite::{Message, client};

struct Server {
    process: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The shared library beside the test program.
fn library() -> PathBuf {
    let program = std::env::current_exe().expect("the test's own path");
    let folder = program.parent().expect("the folder of the build's results");
    folder.join("libnetgraft.so")
}

fn serve(test: &str) -> Server {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = library();
    let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("echo-{test}"));
    let built = Command::new("gcc")
        .args(["-O1", "-std=gnu11", "-I"])
        .arg(root.join("include"))
        .arg(root.join("tests/c/echo.c"))
        .arg("-o")
        .arg(&program)
        .arg(&library)
        .arg(format!("-Wl,-rpath,{}", library.parent().expect("a folder").display()))
        .status();
    assert!(built.expect("gcc").success(), "echo.c does not build");
    let mut process = Command::new(&program).stdout(Stdio::piped()).spawn().expect("the server");
    let mut line = String::new();
    BufReader::new(process.stdout.take().expect("its output")).read_line(&mut line).expect("its first line");
    let port = line.trim().rsplit(' ').next().and_then(|p| p.parse().ok()).expect("\"listening PORT\"");
    Server { process, port }
}

fn connect(server: &Server) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", server.port)).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    client(format!("ws://127.0.0.1:{}/", server.port), stream).expect("a handshake").0
}

#[test]
fn messages_of_all_sizes_come_back() {
    let server = serve("sizes");
    let mut socket = connect(&server);
    for size in [0, 1, 125, 126, 4095, 4096, 4097, 65535, 65536, 300_000, 2_000_000] {
        let bytes: Vec<u8> = (0..size).map(|i| (i * 7 + i / 256) as u8).collect();
        for message in [Message::binary(bytes), Message::text("ä".repeat(size / 2))] {
            socket.send(message.clone()).expect("sent");
            assert_eq!(socket.read().expect("an answer"), message, "{size} bytes");
        }
    }
}

#[test]
fn pings_are_answered_and_the_close_is_clean() {
    let server = serve("close");
    let mut socket = connect(&server);
    socket.send(Message::Ping(b"there?".as_slice().into())).expect("sent");
    assert_eq!(socket.read().expect("a pong"), Message::Pong(b"there?".as_slice().into()));
    let frame = CloseFrame { code: CloseCode::Library(4321), reason: "done".into() };
    socket.close(Some(frame.clone())).expect("sent");
    assert_eq!(socket.read().expect("their close"), Message::Close(Some(frame)));
    assert!(matches!(socket.read(), Err(tungstenite::Error::ConnectionClosed)));
}

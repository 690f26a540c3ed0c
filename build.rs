//! Writes the public headers under `include/`, compiles the variadic shim, and names the shared library.
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where the declarations of a topic are: types and constants first, functions second. Either may be absent.
const LWS_TYPES: &str = "src/faces/lws/abi";
const LWS_FUNCTIONS: &str = "src/ffi/lws";
const LWS_HEADERS: &str = "include/libwebsockets";

const NATIVE_TYPES: &str = "src/faces/native/abi.rs";
const NATIVE_FUNCTIONS: &str = "src/ffi/native";
/// In the order of the header.
const NATIVE_TOPICS: &[&str] = &["inject", "threads", "nest", "listen", "ws"];

const NATIVE_INTRODUCTION: &str = "\
/*
 * netgraft.h: what libwebsockets lacks. The program's own connections, descriptors and listening sockets in the loop of a
 * `struct lws_context`; ways into that loop from other threads; that loop inside another; and WebSocket over bytes that
 * the program moves itself. Link with -lnetgraft.
 *
 * Functions that can fail return 0 or a negative errno; -EIO is an internal error. Times are in milliseconds, lengths in
 * bytes. What a function does not say any thread may do, only the thread that serves the context may do.
 *
 * Generated from the Rust sources by cbindgen: do not edit.
 */";
const NATIVE_MACROS: &str = "
#ifndef NETGRAFT_EXTERN
#define NETGRAFT_EXTERN extern
#endif

struct lws;
struct lws_context;
struct lws_vhost;
struct netgraft_ws;
";

const SOCKETS_FUNCTIONS: &str = "src/ffi/sockets";
const SOCKETS_HEADERS: &str = "include/lwip/netgraft";
/// The headers of lwIP whose declarations are generated, for a header of the same name in `include/lwip` to include.
const SOCKETS_TOPICS: &[&str] =
    &["address", "api", "core", "inet", "netbuf", "netdb", "order", "own_values", "pbuf", "sockets", "sys", "tcpip"];
/// Types that lwIP's headers declare by hand, and how these spell them.
const SOCKETS_TYPES: &[(&str, &str)] = &[
    ("netconn", "struct netconn"),
    ("netbuf", "struct netbuf"),
    ("netvector", "struct netvector"),
    ("pbuf", "struct pbuf"),
    ("pbuf_custom", "struct pbuf_custom"),
    ("tcpip_callback_msg", "struct tcpip_callback_msg"),
    ("netconn_type_int", "enum netconn_type"),
    ("netconn_igmp_int", "enum netconn_igmp"),
    ("pbuf_layer_int", "pbuf_layer"),
    ("pbuf_type_int", "pbuf_type"),
    ("sys_mbox_t", "sys_mbox_t"),
    ("sys_mutex_t", "sys_mutex_t"),
    ("sys_prot_t", "sys_prot_t"),
    ("sys_sem_t", "sys_sem_t"),
    ("sys_thread_t", "sys_thread_t"),
];

/// The topics of libwebsockets: `timeout-timer` is `lws-timeout-timer.h` from the sources `timeout_timer.rs`.
const LWS_TOPICS: &[&str] = &[
    "adopt",
    "callbacks",
    "cgi",
    "client",
    "context-vhost",
    "dll2",
    "genhash",
    "http",
    "lejp",
    "logs",
    "lwsac",
    "misc",
    "network-helper",
    "protocols-plugins",
    "purify",
    "retry",
    "ring",
    "service",
    "sha1-base64",
    "smd",
    "spa",
    "state",
    "stats",
    "system",
    "timeout-timer",
    "tokenize",
    "vfs",
    "write",
    "writeable",
    "ws-close",
    "ws-ext",
    "ws-state",
    "x509",
];

/// Types that libwebsockets declares as `typedef enum { … } name;`, without a tag.
const TAGLESS: &[&str] = &[
    "lws_adoption_type",
    "lws_cpd_result_t",
    "lws_dir_obj_type_t",
    "lws_sock_file_fd_type",
    "lws_sockaddr46",
    "lws_system_blob_item_t",
    "lws_system_states_t",
    "lws_tokenize_elem",
];

/// System types that keep their tag.
const SYSTEM: &[&str] =
    &["addrinfo", "pollfd", "sockaddr", "sockaddr_in", "sockaddr_in6", "sockaddr_storage", "timeval"];
/// Those that the socket functions take besides.
const SYSTEM_SOCKETS: &[&str] = &["hostent", "iovec", "msghdr"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    if env::var_os("CARGO_FEATURE_LWS").is_some() {
        write_lws_headers();
        compile("netgraft_shim", &["shim/service.c", "shim/variadic.c"]);
    }
    if env::var_os("CARGO_FEATURE_NATIVE").is_some() {
        write_native_header();
    }
    if env::var_os("CARGO_FEATURE_SOCKETS").is_some() {
        write_socket_headers();
    }
    if env::var_os("CARGO_FEATURE_PRELOAD").is_some() {
        println!("cargo:rerun-if-changed=shim/preload.h");
        compile("netgraft_preload", &["shim/preload.c", "shim/preload_wait.c"]);
    }
    set_soname();
}

/// `include/lwip/netgraft/`: the prototypes of lwIP's functions.
fn write_socket_headers() {
    println!("cargo:rerun-if-changed={SOCKETS_FUNCTIONS}");
    for topic in SOCKETS_TOPICS {
        let mut config = cbindgen::Config::from_file("cbindgen.toml").expect("cbindgen.toml");
        config.header = Some(format!(
            "/*\n * Part of netgraft's lwip/{topic}.h.\n * Generated from the Rust sources by cbindgen: do not edit.\n */"
        ));
        config.include_guard = Some(format!("NETGRAFT_LWIP_{}_GENERATED_H", topic.to_uppercase()));
        config.function.prefix = Some("NETGRAFT_EXTERN".to_owned());
        config.function.must_use = None;
        for name in SYSTEM.iter().chain(SYSTEM_SOCKETS) {
            config.export.rename.insert((*name).to_owned(), format!("struct {name}"));
        }
        for (name, in_c) in SOCKETS_TYPES {
            config.export.exclude.push((*name).to_owned());
            config.export.rename.insert((*name).to_owned(), (*in_c).to_owned());
        }
        let source = Path::new(SOCKETS_FUNCTIONS).join(format!("{topic}.rs"));
        let mut text = Vec::new();
        cbindgen::Builder::new()
            .with_config(config)
            .with_src(source)
            .generate()
            .unwrap_or_else(|error| panic!("lwip/{topic}.h: {error}"))
            .write(&mut text);
        write_if_changed(&Path::new(SOCKETS_HEADERS).join(format!("{topic}.h")), &String::from_utf8(text).unwrap());
    }
}

fn write_lws_headers() {
    println!("cargo:rerun-if-changed={LWS_TYPES}");
    println!("cargo:rerun-if-changed={LWS_FUNCTIONS}");
    let config = cbindgen::Config::from_file("cbindgen.toml").expect("cbindgen.toml");
    let types = types(Path::new(LWS_TYPES));
    for topic in LWS_TOPICS {
        let file = format!("{}.rs", topic.replace('-', "_"));
        let sources: Vec<PathBuf> = [LWS_TYPES, LWS_FUNCTIONS]
            .iter()
            .map(|dir| Path::new(dir).join(&file))
            .filter(|path| path.exists())
            .collect();
        let mut config = config.clone();
        config.include_guard = Some(format!("NETGRAFT_LWS_{}_H", topic.replace('-', "_").to_uppercase()));
        config.export.rename.extend(names_in_c(&types, &sources));
        // Without this, cbindgen leaves out what no function uses.
        config.export.include =
            types.iter().filter(|ty| sources.contains(&ty.file)).map(|ty| ty.name.clone()).collect();
        let mut builder = cbindgen::Builder::new().with_config(config);
        for source in &sources {
            builder = builder.with_src(source);
        }
        let mut text = Vec::new();
        builder.generate().unwrap_or_else(|error| panic!("lws-{topic}.h: {error}")).write(&mut text);
        let text = TAGLESS.iter().fold(String::from_utf8(text).unwrap(), |text, name| without_tag(&text, name));
        write_if_changed(&Path::new(LWS_HEADERS).join(format!("lws-{topic}.h")), &text);
    }
}

/// `include/netgraft.h`: what libwebsockets lacks.
fn write_native_header() {
    println!("cargo:rerun-if-changed={NATIVE_TYPES}");
    println!("cargo:rerun-if-changed={NATIVE_FUNCTIONS}");
    let mut config = cbindgen::Config::from_file("cbindgen.toml").expect("cbindgen.toml");
    config.header = Some(NATIVE_INTRODUCTION.to_owned());
    config.include_guard = Some("NETGRAFT_H".to_owned());
    config.sys_includes = vec!["stddef.h".to_owned(), "stdint.h".to_owned()];
    config.after_includes = Some(NATIVE_MACROS.to_owned());
    config.cpp_compat = true;
    config.function.prefix = Some("NETGRAFT_EXTERN".to_owned());
    config.function.must_use = None;
    config.export.include = types(Path::new("src/faces/native")).into_iter().map(|ty| ty.name).collect();
    let opaque = ["lws", "lws_context", "lws_vhost", "netgraft_callbacks", "netgraft_options", "netgraft_ws"];
    for name in opaque.iter().chain(&["netgraft_ws_callbacks", "netgraft_ws_settings"]) {
        config.export.rename.insert((*name).to_owned(), format!("struct {name}"));
    }
    // cbindgen writes types without a body as `typedef struct x x;`; the macros declare them
    config.export.exclude.push("netgraft_ws".to_owned());
    let mut builder = cbindgen::Builder::new().with_config(config).with_src(NATIVE_TYPES);
    for topic in NATIVE_TOPICS {
        builder = builder.with_src(Path::new(NATIVE_FUNCTIONS).join(format!("{topic}.rs")));
    }
    let mut text = Vec::new();
    builder.generate().unwrap_or_else(|error| panic!("netgraft.h: {error}")).write(&mut text);
    let text = String::from_utf8(text).unwrap().replace("struct struct ", "struct ");
    write_if_changed(Path::new("include/netgraft.h"), &text);
}

/// A type that the Rust sources declare.
struct Type {
    name: String,
    /// `struct`, `union`, `enum` or `type`.
    keyword: &'static str,
    file: PathBuf,
}

/// Every public type in the sources of a directory; within a file in the file's order, which the headers keep.
fn types(dir: &Path) -> Vec<Type> {
    let mut types = Vec::new();
    let mut files: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        for line in fs::read_to_string(&file).unwrap().lines() {
            for keyword in ["struct", "union", "enum", "type"] {
                if let Some(rest) = line.strip_prefix(&format!("pub {keyword} ")) {
                    let name = rest.split([' ', '{', ';']).next().unwrap().to_owned();
                    types.push(Type { name, keyword, file: file.clone() });
                }
            }
        }
    }
    types
}

/// How a header spells types it does not define itself: with their tag, which cbindgen would leave out.
/// Integers that stand for an enum become that enum again.
fn names_in_c(types: &[Type], own: &[PathBuf]) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for Type { name, keyword, file } in types.iter().filter(|ty| ty.keyword != "type") {
        let tagless = TAGLESS.contains(&name.as_str());
        let in_c = if tagless { name.clone() } else { format!("{keyword} {name}") };
        if *keyword == "enum" {
            names.push((format!("{name}_int"), in_c.clone()));
        }
        if !own.contains(file) && !tagless {
            names.push((name.clone(), in_c));
        }
    }
    names.extend(SYSTEM.iter().map(|name| ((*name).to_owned(), format!("struct {name}"))));
    names
}

/// Turns `enum name { … };` into `typedef enum { … } name;`, and `enum name` elsewhere into `name`.
fn without_tag(text: &str, name: &str) -> String {
    let mut text = text.to_owned();
    for keyword in ["enum", "union"] {
        let tagged = format!("{keyword} {name}");
        if let Some(start) = text.find(&format!("\n{tagged} {{")) {
            let end = start + text[start..].find("\n}").unwrap() + "\n}".len();
            text.insert_str(end, &format!(" {name}"));
            text.replace_range(start + 1..start + 1 + tagged.len(), &format!("typedef {keyword}"));
        }
        text = text.replace(&format!("{tagged} "), &format!("{name} "));
    }
    text
}

/// Leaves a header that is current alone, so that C programs are not rebuilt for nothing.
fn write_if_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// What cannot be written in stable Rust: the printf family and open, and calls that a thread may be cancelled in.
fn compile(name: &str, sources: &[&str]) {
    for source in sources {
        println!("cargo:rerun-if-changed={source}");
    }
    cc::Build::new()
        .files(sources)
        .flag("-std=gnu99")
        .flag("-fvisibility=hidden")
        .flag("-fexceptions")
        .warnings(true)
        .extra_warnings(true)
        .compile(name);
}

/// The name by which programs ask for the shared library; `NETGRAFT_SONAME` gives it a legacy one.
fn set_soname() {
    println!("cargo:rerun-if-env-changed=NETGRAFT_SONAME");
    let soname = env::var("NETGRAFT_SONAME").unwrap_or_else(|_| "libnetgraft.so".to_owned());
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,{soname}");
}

//! The public headers: they compile alone and cleanly, and they agree with the original's in layout, values and
//! prototypes. The original is Debian's package `libwebsockets-dev`; without it these tests fail.
#![cfg(all(feature = "lws", target_arch = "x86_64", target_os = "linux"))]
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-pedantic", "-Werror"];

/// Runs a compiler on `text` with headers from `include`. Panics with what it says if it fails.
fn compile(compiler: &str, include: &Path, args: &[&str], name: &str, text: &str) -> String {
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&source, text).unwrap();
    let output = Command::new(compiler).arg("-I").arg(include).args(args).arg(&source).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{compiler} {args:?} {}:\n{errors}", source.display());
    String::from_utf8(output.stdout).unwrap()
}

fn ours() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}

/// A directory that holds the original's headers and nothing else, so that an installed netgraft cannot be taken for
/// the original.
fn original(test: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("original-{test}"));
    fs::create_dir_all(&dir).unwrap();
    for name in ["libwebsockets.h", "libwebsockets", "lws_config.h"] {
        let header = Path::new("/usr/include").join(name);
        assert!(header.exists(), "{} is missing: install libwebsockets-dev (4.1.6)", header.display());
        let link = dir.join(name);
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(header, link).unwrap();
    }
    let config = fs::read_to_string(dir.join("lws_config.h")).unwrap();
    assert!(
        config.contains("#define LWS_LIBRARY_VERSION \"4.1.6-\"") && !config.contains("netgraft"),
        "/usr/include/lws_config.h is not the one of libwebsockets 4.1.6"
    );
    dir
}

fn source(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/abi").join(name)).unwrap()
}

#[test]
fn the_header_compiles_alone() {
    let text = "#include <libwebsockets.h>\nint main(void) { return 0; }\n";
    for release in [&[][..], &["-DNDEBUG", "-O2"]] {
        for standard in ["c99", "c11", "gnu99", "gnu11", "gnu17"] {
            let standard = format!("-std={standard}");
            let args = [&WARNINGS[..], release, &[&standard, "-fsyntax-only"]].concat();
            compile("gcc", &ours(), &args, "alone.c", text);
        }
        let args = [&WARNINGS[..], release, &["-std=c++17", "-fsyntax-only"]].concat();
        compile("g++", &ours(), &args, "alone.cc", text);
    }
}

/// The system's headers without OpenSSL's, as on a machine that does not have them.
#[test]
fn the_header_needs_no_openssl() {
    let links = Path::new(env!("CARGO_TARGET_TMPDIR")).join("without-openssl");
    let mut args = vec!["-std=gnu11".to_owned(), "-nostdinc".to_owned(), "-fsyntax-only".to_owned()];
    let gcc = Command::new("gcc").arg("-print-file-name=include").output().unwrap();
    args.extend(["-isystem".to_owned(), String::from_utf8(gcc.stdout).unwrap().trim().to_owned()]);
    for dir in ["/usr/include/x86_64-linux-gnu", "/usr/include"] {
        let copy = links.join(dir.replace('/', "-"));
        fs::create_dir_all(&copy).unwrap();
        for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap()) {
            let link = copy.join(entry.file_name());
            let _ = fs::remove_file(&link);
            if entry.file_name() != "openssl" {
                std::os::unix::fs::symlink(entry.path(), link).unwrap();
            }
        }
        args.extend(["-isystem".to_owned(), copy.display().to_string()]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let text = "#include <libwebsockets.h>\n#ifdef NETGRAFT_OPENSSL_HEADERS\n#error they are there\n#endif\n\
                int ask(struct lws *wsi, SSL_CTX *ctx);\n\
                int ask(struct lws *wsi, SSL_CTX *ctx) { SSL *ssl = lws_get_ssl(wsi); return ssl && ctx; }\n";
    compile("gcc", &ours(), &[&WARNINGS[..], &args].concat(), "without_openssl.c", text);
}

#[test]
#[cfg(feature = "native")]
fn the_native_header_compiles_alone_and_beside_the_other() {
    let alone = "#include <netgraft.h>\n#include <netgraft.h>\nint main(void) { return 0; }\n";
    let beside = "#include <libwebsockets.h>\n#include <netgraft.h>\nint main(void) { return 0; }\n";
    for text in [alone, beside] {
        for standard in ["-std=c99", "-std=c11"] {
            let args = [&WARNINGS[..], &[standard, "-fsyntax-only"]].concat();
            compile("gcc", &ours(), &args, "native.c", text);
        }
        let args = [&WARNINGS[..], &["-std=c++17", "-fsyntax-only"]].concat();
        compile("g++", &ours(), &args, "native.cc", text);
    }
}

#[test]
fn every_generated_header_is_part_of_the_umbrella() {
    let text = compile("gcc", &ours(), &["-M"], "all.c", "#include <libwebsockets.h>\n");
    for entry in fs::read_dir(ours().join("libwebsockets")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(text.contains(&format!("/libwebsockets/{name}")), "libwebsockets.h does not include {name}");
    }
}

#[test]
fn layouts_and_values_are_the_originals() {
    for (name, include) in [("ours", ours()), ("original", original("layouts"))] {
        for file in ["layout.c", "values.c"] {
            compile("gcc", &include, &["-std=c11", "-fsyntax-only"], &format!("{name}-{file}"), &source(file));
        }
    }
}

#[test]
fn macros_do_what_the_originals_do() {
    for (name, include) in [("ours", ours()), ("original", original("macros"))] {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("macros-{name}"));
        let mut args = vec!["-std=gnu11", "-UNDEBUG", "-o", program.to_str().unwrap()];
        if name == "ours" {
            args.extend(WARNINGS);
        }
        compile("gcc", &include, &args, &format!("{name}-macros.c"), &source("macros.c"));
        assert!(Command::new(&program).status().unwrap().success(), "{name}");
    }
    let args = [&WARNINGS[..], &["-Wno-missing-field-initializers", "-std=c++17", "-fsyntax-only"]].concat();
    compile("g++", &ours(), &args, "macros.cc", &source("macros.c"));
}

#[test]
fn newer_programs_find_what_they_ask_for() {
    let text = r#"
        #include <libwebsockets.h>
        #if LWS_LIBRARY_VERSION_NUMBER != 4001006
        #error version
        #endif
        static const struct lws_protocols protocols[] = { LWS_PROTOCOL_LIST_TERM };
        static const struct lws_extension extensions[] = { LWS_EXTENSION_LIST_TERM };
        void use(struct lws *wsi, const char *from, const char *to);
        void use(struct lws *wsi, const char *from, const char *to)
        {
            lwsl_wsi_user(wsi, "%d\n", (int)lws_ptr_diff_size_t(to, from));
            (void)protocols;
            (void)extensions;
        }
    "#;
    let args = [&WARNINGS[..], &["-std=c99", "-fsyntax-only"]].concat();
    compile("gcc", &ours(), &args, "newer.c", text);
}

/// Declares every function of our headers a second time, after the original's header: where the types differ, the
/// compiler objects. C tells structs and pointers apart, C++ also enums and integers.
#[test]
fn prototypes_are_the_originals() {
    let args = ["-E", "-P", "-DLWS_EXTERN=NETGRAFT_PROTOTYPE"];
    let mut ours = compile("gcc", &ours(), &args, "ours.c", "#include <libwebsockets.h>\n");
    for attribute in ["__attribute__((warn_unused_result))", "__attribute__((deprecated))"] {
        ours = ours.replace(attribute, "");
    }
    let prototypes: Vec<String> = ours
        .split("NETGRAFT_PROTOTYPE")
        .skip(1)
        .map(|rest| rest.split_once(';').unwrap().0.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert!(!prototypes.is_empty());

    let include = original("prototypes");
    let theirs = compile("gcc", &include, &["-E", "-P"], "theirs.c", "#include <libwebsockets.h>\n");
    let known: BTreeSet<&str> = theirs.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    for prototype in &prototypes {
        let name = prototype.split('(').next().unwrap().rsplit([' ', '*']).next().unwrap();
        assert!(known.contains(name), "the original has no {name}");
    }

    let declare = |open, close| {
        format!("#include <libwebsockets.h>\n{open}\nextern {};\n{close}\n", prototypes.join(";\nextern "))
    };
    let args = ["-fsyntax-only", "-Wno-deprecated-declarations"];
    compile("gcc", &include, &args, "prototypes.c", &declare("", ""));
    compile("g++", &include, &args, "prototypes.cc", &declare("extern \"C\" {", "}"));
}

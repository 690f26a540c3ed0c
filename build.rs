fn main() {
    // The printf family: Rust cannot define a variadic function yet.
    if std::env::var_os("CARGO_FEATURE_LWS").is_some() {
        println!("cargo:rerun-if-changed=shim/variadic.c");
        cc::Build::new()
            .file("shim/variadic.c")
            .flag("-std=c99")
            .flag("-fvisibility=hidden")
            .warnings(true)
            .extra_warnings(true)
            .compile("netgraft_variadic");
    }
}

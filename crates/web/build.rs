//! Script and style are bundled from `assets/src` before the crate is built.

fn main() {
    println!("cargo::rerun-if-changed=assets/dist");
    let bundle = std::path::Path::new("assets/dist/app.js");
    if !bundle.exists() {
        println!(
            "cargo::error=script and style are not bundled yet: run `cargo xtask assets` (needs Node.js)"
        );
    }
}

//! Where settings come from, and which come first.

use crate::bed::{Bed, finished};

#[tokio::test]
async fn an_unknown_key_is_refused_with_line_and_suggestion() {
    let bed = Bed::new();
    bed.write(
        "kontor.toml",
        "log = \"json\"\n\nlisten_adress = \"127.0.0.1:1\"\nsecure-cookies = true\n",
    );
    let ran = bed.run(&["serve"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains(
            "kontor.toml:4:1: unknown key “secure-cookies”; did you mean “secure_cookies”?"
        ),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("kontor.toml:3:1: unknown key “listen_adress”"), "{}", ran.err);
    assert!(!bed.path("kontor.db").exists(), "nothing is made before the mistake is told");
}

#[tokio::test]
async fn an_unknown_option_is_refused_with_a_suggestion() {
    let ran = Bed::new().run(&["serve", "--lisen", "127.0.0.1:0"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("--listen"), "{}", ran.err);
}

/// Each place names another folder of manifests, and `kontor check` says which one it looked at.
#[tokio::test]
async fn the_command_line_goes_before_the_environment_and_that_before_the_file() {
    let bed = Bed::new();
    bed.write("kontor.toml", "manifests = \"of-file\"\n");
    for folder in ["of-file", "of-environment", "of-line", "backends"] {
        std::fs::create_dir_all(bed.path(folder)).unwrap();
    }
    let looked_at = async |environment: bool, arguments: &[&str]| {
        let mut command = bed.command(arguments);
        if environment {
            command.env("KONTOR_MANIFESTS", bed.path("of-environment"));
        }
        let ran = finished(command).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let shown = ["of-file", "of-environment", "of-line"].into_iter();
        shown.filter(|folder| ran.out.contains(folder)).collect::<Vec<_>>().join(" ")
    };
    let line = bed.path("of-line");
    assert_eq!(looked_at(false, &["check"]).await, "of-file");
    assert_eq!(looked_at(true, &["check"]).await, "of-environment");
    let arguments = ["check", "--manifests", line.to_str().unwrap()];
    assert_eq!(looked_at(true, &arguments).await, "of-line");
}

#[tokio::test]
async fn a_named_file_must_be_there() {
    let ran = Bed::new().run(&["check", "--config", "nowhere.toml"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("nowhere.toml cannot be read"), "{}", ran.err);
}

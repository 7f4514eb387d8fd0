//! `cargo xtask demo`: from a fresh clone to the sample shop in the browser.
//!
//! At the end this process *becomes* `kontor demo`, so that Ctrl-C and every other signal reach it and
//! nothing is left behind. A second process, the screen, passes on what it prints and opens the browser
//! when it answers.

use std::{
    io::{self, BufRead, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use clap::Args;

use crate::{
    assets,
    failure::{Failure, Outcome},
    program::{cargo, find, read, root, run as run_program},
};

/// Where the demo listens unless told otherwise.
const ADDRESS: &str = "127.0.0.1:4711";

/// How long the demo may take to answer; the first start makes the sample shop.
const READY_LIMIT: Duration = Duration::from_secs(120);

/// What `cargo xtask demo` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Build as for production. Slower to build (about twice the time), faster to use.
    #[arg(long)]
    release: bool,
    /// Do not open a browser.
    #[arg(long)]
    no_browser: bool,
    /// Arguments for `kontor demo`, for example `-- --reset`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// What the screen needs to know.
#[derive(Args)]
pub(crate) struct Screen {
    address: SocketAddr,
    #[arg(long)]
    no_browser: bool,
}

/// Builds and starts the demo. Comes back only when something fails.
pub(crate) fn run(options: &Options) -> Outcome {
    assets::check_node(assets::NODE)?;
    println!("Scripts and styles …");
    assets::run()?;
    println!("Building Kontor (minutes the first time, seconds later) …");
    // The plain development profile: it is built anyway by whoever goes on to work on the code, and a
    // clean release build takes about twice as long.
    let mut build = cargo(&["build", "--package", "kontor", "--package", "order-inspect"]);
    run_program(if options.release { build.arg("--release") } else { &mut build })?;

    let (address, arguments) = address(&options.arguments)?;
    let own = std::env::current_exe().map_err(|error| Failure::new(error.to_string()))?;
    let mut screen = Command::new(own);
    screen.args(["demo-screen", &address.to_string()]).stdin(Stdio::piped());
    if options.no_browser {
        screen.arg("--no-browser");
    }
    // A group of its own: Ctrl-C is for the demo, whose last words the screen still shows.
    let screen =
        screen.process_group(0).spawn().map_err(|error| Failure::new(error.to_string()))?;
    let output = screen.stdin.expect("the screen was given a pipe");
    let profile = if options.release { "release" } else { "debug" };
    let binaries = target_folder()?.join(profile);
    let binary = binaries.join("kontor");
    let error = Command::new(&binary)
        .arg("demo")
        .arg("--order-inspect")
        .arg(binaries.join("order-inspect"))
        .args(arguments)
        .current_dir(root())
        .stdout(Stdio::from(output))
        .exec();
    Err(Failure::new(format!("{} cannot be started: {error}", binary.display())))
}

/// Shows what the demo prints until its end, and opens the browser once it answers.
pub(crate) fn show(screen: &Screen) -> Outcome {
    let link = Arc::new(Mutex::new(None));
    let (address, no_browser) = (screen.address, screen.no_browser);
    thread::spawn({
        let link = Arc::clone(&link);
        move || open_when_ready(address, no_browser, &link)
    });
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|error| Failure::new(error.to_string()))?;
        println!("{line}");
        if let Some(found) = link_in(&line, address) {
            let mut link = link.lock().expect("nobody panics while holding the link");
            link.get_or_insert(found);
        }
    }
    Ok(())
}

fn open_when_ready(address: SocketAddr, no_browser: bool, link: &Mutex<Option<String>>) {
    if !wait_until_ready(address) {
        eprintln!("Kontor does not answer at http://{address}/readyz after {READY_LIMIT:?}");
        return;
    }
    let link = link.lock().expect("nobody panics while holding the link").clone();
    let link = link.unwrap_or_else(|| format!("http://{address}/"));
    println!("\nKontor is ready: {link}\nCtrl-C stops it.\n");
    drop(io::stdout().flush());
    if !no_browser && let Some(opener) = browser_opener() {
        let mut opener = Command::new(opener);
        let quiet = opener.arg(&link).stdin(Stdio::null()).stdout(Stdio::null());
        drop(quiet.stderr(Stdio::null()).spawn());
    }
}

/// What opens a link on this desktop, if there is one.
#[expect(clippy::disallowed_methods, reason = "whether there is a screen is known only there")]
fn browser_opener() -> Option<std::path::PathBuf> {
    if cfg!(target_os = "macos") {
        return find("open");
    }
    let has_screen =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if has_screen { find("xdg-open") } else { None }
}

#[expect(clippy::disallowed_methods, reason = "this thread has nothing else to do")]
fn wait_until_ready(address: SocketAddr) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < READY_LIMIT {
        if is_ready(address).unwrap_or(false) {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

fn is_ready(address: SocketAddr) -> io::Result<bool> {
    let limit = Duration::from_secs(2);
    let mut stream = TcpStream::connect_timeout(&address, limit)?;
    stream.set_read_timeout(Some(limit))?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    // In one piece: a server that answers before it has read everything resets the connection.
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.take(1024).read_to_string(&mut answer)?;
    Ok(answer.split(' ').nth(1) == Some("200"))
}

/// The link to `address` in a line, up to the next space.
fn link_in(line: &str, address: SocketAddr) -> Option<String> {
    let begin = line.find(&format!("http://{address}"))?;
    line[begin..].split_whitespace().next().map(str::to_owned)
}

/// Where the demo will listen, and its complete arguments. Without `--listen`, the usual address, or
/// another port where that one is taken.
fn address(arguments: &[String]) -> Outcome<(SocketAddr, Vec<String>)> {
    if let Some(text) = listen_argument(arguments) {
        let address = text.parse().map_err(|_| {
            Failure::new(format!("`--listen {text}` is no address; write for example {ADDRESS}"))
        })?;
        return Ok((address, arguments.to_vec()));
    }
    let listener = TcpListener::bind(ADDRESS).or_else(|_| TcpListener::bind("127.0.0.1:0"));
    let address = listener
        .and_then(|listener| listener.local_addr())
        .map_err(|error| Failure::new(format!("127.0.0.1 has no free port: {error}")))?;
    let mut arguments = arguments.to_vec();
    arguments.extend(["--listen".to_owned(), address.to_string()]);
    Ok((address, arguments))
}

fn listen_argument(arguments: &[String]) -> Option<&str> {
    arguments.iter().enumerate().find_map(|(at, argument)| match argument.as_str() {
        "--listen" => arguments.get(at + 1).map(String::as_str),
        other => other.strip_prefix("--listen="),
    })
}

/// Where cargo puts what it builds.
pub(crate) fn target_folder() -> Outcome<std::path::PathBuf> {
    let metadata = read(&mut cargo(&["metadata", "--format-version=1", "--no-deps", "--offline"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)
        .map_err(|error| Failure::new(format!("cargo metadata: {error}")))?;
    let folder = metadata["target_directory"].as_str();
    folder.map(Into::into).ok_or_else(|| Failure::new("cargo metadata names no target_directory"))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Write},
        net::TcpListener,
        thread,
    };

    use super::{address, is_ready, link_in};

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_address_is_what_the_arguments_say() {
        for line in ["--listen 127.0.0.1:9", "--reset --listen=127.0.0.1:9"] {
            let (address, arguments) = address(&words(line)).unwrap();
            assert_eq!((address.to_string().as_str(), arguments), ("127.0.0.1:9", words(line)));
        }
        assert!(address(&words("--listen here")).is_err());
    }

    #[test]
    fn without_an_address_a_free_one_is_added() {
        let (address, arguments) = address(&words("--reset")).unwrap();
        assert_eq!(arguments, words(&format!("--reset --listen {address}")));
    }

    #[test]
    fn the_one_time_link_is_found_in_a_line() {
        let address = "127.0.0.1:9".parse().unwrap();
        let line = "First sign-in: http://127.0.0.1:9/setup?token=abc (once)";
        assert_eq!(link_in(line, address).unwrap(), "http://127.0.0.1:9/setup?token=abc");
        assert_eq!(link_in("no link", address), None);
    }

    #[test]
    fn only_an_answer_of_200_is_ready() {
        for (status, ready) in [("503 Service Unavailable", false), ("200 OK", true)] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let lines = BufReader::new(&stream).lines().map(Result::unwrap);
                assert_eq!(lines.take_while(|line| !line.is_empty()).count(), 3);
                write!(stream, "HTTP/1.1 {status}\r\n\r\n").unwrap();
            });
            assert_eq!(is_ready(address).unwrap(), ready);
            server.join().unwrap();
        }
    }
}

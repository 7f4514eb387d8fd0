//! How fast the product page is: `cargo test --release --test it speed -- --ignored --nocapture`.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use order_inspect::http::router;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    bed::Bed,
    catalogue::{open, sell_chair},
};

const CONNECTIONS: usize = 16;
const LASTS: Duration = Duration::from_secs(5);

/// Asks again and again over one connection, and says how long each answer took.
async fn ask(address: SocketAddr, until: Instant, headers: &'static str) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let path = "/inspect/products/stuhl-aus-eiche?channel=de";
    let request = format!("GET {path} HTTP/1.1\r\nhost: shop\r\n{headers}\r\n");
    let mut took = Vec::new();
    let mut buffer = vec![0_u8; 64 * 1024];
    while Instant::now() < until {
        let began = Instant::now();
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut filled = 0;
        loop {
            filled += stream.read(&mut buffer[filled..]).await.expect("an answer");
            if let Some(length) = whole(&buffer[..filled]) {
                assert_eq!(length, filled, "one answer at a time");
                break;
            }
        }
        assert!(buffer.starts_with(b"HTTP/1.1 200"));
        took.push(began.elapsed());
    }
    took
}

/// The length of an answer, once all of it is there.
fn whole(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).expect("a head");
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    let length = head + length.parse::<usize>().expect("a length");
    (bytes.len() >= length).then_some(length)
}

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
async fn measure(what: &str, address: SocketAddr, headers: &'static str) {
    let until = Instant::now() + LASTS;
    let asking = (0..CONNECTIONS).map(|_| tokio::spawn(ask(address, until, headers)));
    let asking: Vec<_> = asking.collect();
    let mut took = Vec::new();
    for one in asking {
        took.extend(one.await.expect("answers"));
    }
    took.sort_unstable();
    let at = |percent: usize| took[took.len() * percent / 100];
    let rate = u64::try_from(took.len()).expect("a count") / LASTS.as_secs();
    println!(
        "{what}: {rate} requests/s, p50 {:?}, p99 {:?}, worst {:?}",
        at(50),
        at(99),
        took[took.len() - 1]
    );
}

async fn story(engine: &str, bed: Bed) {
    open(&bed).await;
    sell_chair(&bed, "oak-chair").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let service = router(bed.app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move { axum::serve(listener, service).await });
    measure(&format!("{engine}, plain"), address, "").await;
    measure(&format!("{engine}, gzip"), address, "accept-encoding: gzip\r\n").await;
    serving.abort();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures"]
async fn the_product_page_at_sixteen_connections() {
    story("SQLite", Bed::sqlite().await).await;
    story("PostgreSQL", Bed::postgres().await).await;
}

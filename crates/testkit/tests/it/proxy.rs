//! How the proxy breaks what goes through it.

use std::time::{Duration, Instant};

use kontor_testkit::{Proxy, eventually};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// A server that sends back what it gets.
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("127.0.0.1 has a free port");
    let address = listener.local_addr().expect("a bound socket has an address").to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                tokio::io::copy(&mut from, &mut to).await
            });
        }
    });
    address
}

async fn ask(stream: &mut TcpStream) -> std::io::Result<[u8; 4]> {
    let mut answer = [0; 4];
    stream.write_all(b"ping").await?;
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn bytes_pass_and_connections_are_counted() {
    let proxy = Proxy::to(echo().await).await;
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(&ask(&mut stream).await.unwrap(), b"ping");
    assert_eq!(proxy.open_connections(), 1);
    drop(stream);
    eventually("the connection is no longer counted", async || proxy.open_connections() == 0).await;
}

#[tokio::test]
async fn a_cut_ends_connections_and_new_ones_work() {
    let proxy = Proxy::to(echo().await).await;
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    ask(&mut stream).await.unwrap();
    proxy.cut();
    assert!(ask(&mut stream).await.is_err());
    let mut again = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(&ask(&mut again).await.unwrap(), b"ping");
}

#[tokio::test]
async fn a_refusing_proxy_looks_like_a_dead_server_until_restored() {
    let proxy = Proxy::to(echo().await).await;
    proxy.refuse();
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(ask(&mut stream).await.is_err());
    proxy.restore();
    let mut again = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(&ask(&mut again).await.unwrap(), b"ping");
}

#[tokio::test]
async fn a_stalled_answer_comes_after_the_proxy_is_restored() {
    let proxy = Proxy::to(echo().await).await;
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    ask(&mut stream).await.unwrap();
    proxy.stall();
    stream.write_all(b"late").await.unwrap();
    let mut answer = [0; 4];
    let nothing = timeout(Duration::from_millis(100), stream.read_exact(&mut answer)).await;
    assert!(nothing.is_err(), "something passed a stalled proxy");
    proxy.restore();
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"late");
}

#[tokio::test]
async fn a_delay_is_spent_on_the_way_there_and_back() {
    let proxy = Proxy::to(echo().await).await;
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    proxy.delay(Duration::from_millis(50));
    let begun = Instant::now();
    ask(&mut stream).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(100));
}

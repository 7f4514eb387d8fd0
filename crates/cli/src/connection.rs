//! Connections that wait only so long for their client: for a request's head once it has begun, for
//! the next request, and for anything of an answer to be taken. How long a body may take is the
//! router's to say, and an answer that is being taken takes as long as it needs.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::connect_info::{Connected, IntoMakeServiceWithConnectInfo};
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};

/// How long a connection waits for its client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For the whole head of a request, from its first byte; for the first one, from the beginning.
    pub(crate) head: Duration,
    /// For the next request. Longer than a proxy keeps its connections, so that none is closed
    /// while the proxy writes.
    pub(crate) idle: Duration,
    /// For the client to take anything of an answer, where nothing more goes out to it.
    pub(crate) stalled: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            stalled: Duration::from_secs(60),
        }
    }
}

/// The router, told of each connection's client, over [`Attentive`].
pub(crate) fn service(app: Router) -> IntoMakeServiceWithConnectInfo<Router, Peer> {
    app.layer(from_fn(attended)).into_make_service_with_connect_info()
}

/// Accepts connections that lose their patience.
pub(crate) struct Attentive {
    pub(crate) tcp: TcpListener,
    pub(crate) patience: Patience,
}

impl axum::serve::Listener for Attentive {
    type Io = Stream;
    type Addr = Peer;

    async fn accept(&mut self) -> (Stream, Peer) {
        let (tcp, address) = axum::serve::Listener::accept(&mut self.tcp).await;
        // Small answers would wait for the acknowledgement of the one before.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        let waiting = Waiting::default();
        let timer = Box::pin(sleep(self.patience.head));
        let peer = Peer { address, waiting: waiting.clone() };
        let patience = self.patience;
        (Stream { tcp, waiting, patience, timer, timed: None, stalled: None }, peer)
    }

    fn local_addr(&self) -> io::Result<Peer> {
        let address = self.tcp.local_addr()?;
        Ok(Peer { address, waiting: Waiting::default() })
    }
}

/// What a connection waits for; its stream and its requests both know.
#[derive(Debug, Clone, Default)]
struct Waiting(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    what: What,
    /// Of the stream, which nobody asks again before its client sends something.
    waker: Option<Waker>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum What {
    /// The end of a head that has begun.
    #[default]
    Head,
    /// An answer of ours.
    Answer,
    /// The beginning of the next request.
    Next,
}

impl Waiting {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> What {
        self.state().what
    }

    fn set(&self, what: What) {
        self.state().what = what;
    }
}

/// The client of a connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    address: SocketAddr,
    waiting: Waiting,
}

impl Connected<IncomingStream<'_, Attentive>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Attentive>) -> Self {
        stream.remote_addr().clone()
    }
}

/// Tells the stream that a request is being answered, until its answer was given in full.
async fn attended(
    ConnectInfo(peer): ConnectInfo<Peer>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(ConnectInfo(peer.address));
    peer.waiting.set(What::Answer);
    let answering = Answering(peer.waiting);
    next.run(request).await.map(|body| Body::new(Answer { body, _answering: answering }))
}

/// A request that is being answered.
struct Answering(Waiting);

impl Drop for Answering {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.what = What::Next;
        // From here on its patience counts.
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

/// The body of an answer, which is one until it is gone.
struct Answer {
    body: Body,
    _answering: Answering,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

/// A connection that loses its patience: reading fails then, and the server closes it.
pub(crate) struct Stream {
    tcp: TcpStream,
    waiting: Waiting,
    patience: Patience,
    timer: Pin<Box<Sleep>>,
    /// What the timer was set for; none where it has to be set anew.
    timed: Option<What>,
    /// When its client must have taken something; none while it takes what comes.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Stream {
    fn impatience(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.waiting.state();
        let what = state.what;
        let patience = match what {
            What::Head => self.patience.head,
            What::Next => self.patience.idle,
            What::Answer => {
                state.waker = Some(context.waker().clone());
                return Poll::Pending;
            }
        };
        drop(state);
        if self.timed != Some(what) {
            self.timed = Some(what);
            self.timer.as_mut().reset(Instant::now() + patience);
        }
        ready!(self.timer.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut stream.tcp).poll_read(context, buffer);
        if read.is_pending() {
            return stream.impatience(context);
        }
        if buffer.filled().len() > before && stream.waiting.now() == What::Next {
            stream.waiting.set(What::Head);
            stream.timed = None;
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        let written = Pin::new(&mut stream.tcp).poll_write(context, bytes);
        stream.taken(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        let written = Pin::new(&mut stream.tcp).poll_write_vectored(context, slices);
        stream.taken(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }
}

impl Stream {
    /// Whoever still takes what was buffered for them is not idle; whoever takes nothing for too
    /// long is given up, and with them what was held for them.
    fn taken(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            if matches!(written, Poll::Ready(Ok(1..))) && self.waiting.now() == What::Next {
                self.timed = None;
            }
            return written;
        }
        let patience = self.patience.stalled;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(timer.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;

    async fn served(app: Router) -> SocketAddr {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let patience = Patience {
            head: Duration::from_millis(40),
            idle: Duration::from_millis(80),
            stalled: Duration::from_millis(200),
        };
        let serving = axum::serve(Attentive { tcp, patience }, service(app));
        tokio::spawn(async move { serving.await });
        address
    }

    /// What comes back until the server closes the connection.
    async fn told(address: SocketAddr, sent: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).await.unwrap();
        told
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_to_its_end_is_not_waited_for() {
        let address = served(Router::new().route("/", get(|| async { "here" }))).await;
        for begun in ["", "GET / HTTP/1.1\r\nhost: kon"] {
            assert!(!told(address, begun).await.contains("200"), "{begun}");
        }
        let second = "GET / HTTP/1.1\r\nhost: kontor\r\n\r\nGET / HTTP";
        assert_eq!(told(address, second).await.matches("here").count(), 1);
    }

    #[tokio::test]
    async fn an_idle_connection_is_closed_and_one_that_waits_for_its_answer_is_not() {
        let (send, answer) = oneshot::channel::<&str>();
        let answer = Arc::new(Mutex::new(Some(answer)));
        let slow = move || async move {
            let answer = answer.lock().unwrap().take().expect("it is asked once");
            answer.await.unwrap()
        };
        let app = Router::new().route("/", get(|| async { "here" })).route("/slow", get(slow));
        let address = served(app).await;
        let waiting = told(address, "GET /slow HTTP/1.1\r\nhost: kontor\r\n\r\n");
        let others = async {
            // Each of them is idle until it is closed.
            for _ in 0..3 {
                let sent = "GET / HTTP/1.1\r\nhost: kontor\r\n\r\n";
                assert!(told(address, sent).await.ends_with("here"));
            }
            send.send("at last").unwrap();
        };
        let (told, ()) = tokio::join!(waiting, others);
        assert!(told.ends_with("at last"), "{told}");
    }

    /// An answer without an end, which tells when nobody wants it any more.
    struct Endless(Option<oneshot::Sender<()>>);

    impl HttpBody for Endless {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
            let part = Bytes::from_static(&[b'.'; 64 * 1024]);
            Poll::Ready(Some(Ok(http_body::Frame::data(part))))
        }
    }

    impl Drop for Endless {
        fn drop(&mut self) {
            if let Some(told) = self.0.take() {
                let _ = told.send(());
            }
        }
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_of_its_answer_is_given_up_and_one_that_reads_on_is_not() {
        let (told, given_up) = oneshot::channel();
        let told = Arc::new(Mutex::new(Some(told)));
        let endless = move || async move { Body::new(Endless(told.lock().unwrap().take())) };
        let app = Router::new().route("/endless", get(endless));
        let mut stream = TcpStream::connect(served(app).await).await.unwrap();
        stream.write_all(b"GET /endless HTTP/1.1\r\nhost: kontor\r\n\r\n").await.unwrap();
        // Reads several times longer than its patience lasts: what is taken keeps it going.
        let begun = Instant::now();
        let mut part = vec![0; 64 * 1024];
        while begun.elapsed() < Duration::from_millis(600) {
            assert!(stream.read(&mut part).await.unwrap() > 0, "it goes on");
        }
        given_up.await.expect("the answer is let go while its client is still there");
        drop(stream);
    }
}

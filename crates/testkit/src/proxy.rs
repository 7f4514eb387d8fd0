//! A way to a server that can be broken on purpose.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// What happens to the bytes on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Traffic {
    /// They pass, each piece after a pause.
    Flows { pause: Duration },
    /// Connections are accepted and stay open, and nothing passes.
    Stalls,
    /// New connections are closed at once.
    Refused,
}

/// A TCP proxy on a free port of 127.0.0.1 in front of a server, for tests such as
/// `a_dead_backend_leaves_the_office_open`. It lives on the runtime of the test that made it and ends
/// with the value.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    traffic: watch::Sender<Traffic>,
    /// Counts the cuts; a connection ends when the number changes.
    cuts: watch::Sender<u64>,
    open: watch::Sender<usize>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Opens a proxy before the server at `target`, for example `127.0.0.1:5432`. Bytes pass freely at
    /// first. The server need not be there yet.
    ///
    /// # Panics
    /// When 127.0.0.1 has no free port.
    pub async fn to(target: impl Into<String>) -> Self {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.expect("127.0.0.1 has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let traffic = watch::Sender::new(Traffic::Flows { pause: Duration::ZERO });
        let (cuts, open) = (watch::Sender::new(0), watch::Sender::new(0));
        let lanes = Lanes {
            target: target.into(),
            traffic: traffic.subscribe(),
            cuts: cuts.subscribe(),
            open: open.clone(),
        };
        let accepting = tokio::spawn(lanes.accept(listener));
        Self { address, traffic, cuts, open, accepting }
    }

    /// Where clients connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections are open now.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        *self.open.borrow()
    }

    /// Ends all open connections. New ones are treated as before.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Ends all open connections and refuses new ones: the server is dead.
    pub fn refuse(&self) {
        self.traffic.send_replace(Traffic::Refused);
        self.cut();
    }

    /// Lets nothing through any more but keeps the connections, and accepts new ones: the server hangs.
    pub fn stall(&self) {
        self.traffic.send_replace(Traffic::Stalls);
    }

    /// Holds every piece of data back for `pause` on each way: the server is slow.
    pub fn delay(&self, pause: Duration) {
        self.traffic.send_replace(Traffic::Flows { pause });
    }

    /// Lets everything pass at once again, also what a stall held back.
    pub fn restore(&self) {
        self.delay(Duration::ZERO);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // The connections are tasks that the accepting one owns, so they end with it.
        self.accepting.abort();
    }
}

/// What each connection needs to know.
#[derive(Clone)]
struct Lanes {
    target: String,
    traffic: watch::Receiver<Traffic>,
    cuts: watch::Receiver<u64>,
    open: watch::Sender<usize>,
}

impl Lanes {
    async fn accept(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        while let Ok((client, _)) = listener.accept().await {
            if *self.traffic.borrow() != Traffic::Refused {
                connections.spawn(self.clone().carry(client));
            }
            while connections.try_join_next().is_some() {}
        }
    }

    async fn carry(mut self, client: TcpStream) {
        // A cut before now is not meant for this connection.
        self.cuts.mark_unchanged();
        let _counted = Counted::new(self.open.clone());
        let Ok(server) = TcpStream::connect(&self.target).await else { return };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let mut cuts = self.cuts.clone();
        tokio::select! {
            _ = cuts.changed() => {}
            _ = async {
                tokio::join!(
                    pass(self.traffic.clone(), from_client, to_server),
                    pass(self.traffic.clone(), from_server, to_client),
                )
            } => {}
        }
    }
}

/// Carries one direction until its end.
async fn pass(
    mut traffic: watch::Receiver<Traffic>,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
) -> io::Result<()> {
    let mut piece = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut piece).await?;
        let flowing = traffic.wait_for(|traffic| *traffic != Traffic::Stalls).await;
        let now = flowing.map(|traffic| *traffic).map_err(io::Error::other)?;
        if let Traffic::Flows { pause } = now
            && !pause.is_zero()
        {
            tokio::time::sleep(pause).await;
        }
        if length == 0 {
            return to.shutdown().await;
        }
        to.write_all(&piece[..length]).await?;
    }
}

/// One open connection in the count.
struct Counted(watch::Sender<usize>);

impl Counted {
    fn new(open: watch::Sender<usize>) -> Self {
        open.send_modify(|open| *open += 1);
        Self(open)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}

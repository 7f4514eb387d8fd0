//! One HTTP/1.1 connection that is kept open, with as little work for the client as can be: client and server
//! share the machine.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::failure::{Failure, Outcome};

/// A connection to the service.
pub(super) struct Wire {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Wire {
    pub(super) async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        Ok(Self { stream, answer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a whole request and takes the whole answer: its status and its body.
    pub(super) async fn ask(&mut self, request: &[u8]) -> Outcome<(u16, &[u8])> {
        self.stream.write_all(request).await.map_err(failed)?;
        self.answer.clear();
        loop {
            if self.stream.read_buf(&mut self.answer).await.map_err(failed)? == 0 {
                return Err(Failure::new("the service hung up in the middle of an answer"));
            }
            let Some(begin) = end_of_head(&self.answer) else { continue };
            let (status, length) = read_head(&self.answer[..begin])?;
            while self.answer.len() < begin + length {
                if self.stream.read_buf(&mut self.answer).await.map_err(failed)? == 0 {
                    return Err(Failure::new("the service hung up in the middle of an answer"));
                }
            }
            return Ok((status, &self.answer[begin..begin + length]));
        }
    }
}

/// A request as bytes.
pub(super) fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn end_of_head(answer: &[u8]) -> Option<usize> {
    answer.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// Status and length of the body.
fn read_head(head: &[u8]) -> Outcome<(u16, usize)> {
    let head = String::from_utf8_lossy(head);
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") { value.trim().parse().ok() } else { None }
    });
    match (status, length) {
        (Some(status), Some(length)) => Ok((status, length)),
        // What has no body has no length.
        (Some(status @ (204 | 304)), None) => Ok((status, 0)),
        _ => Err(Failure::new(format!("an answer that cannot be read: {head}"))),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn failed(error: std::io::Error) -> Failure {
    Failure::new(format!("the connection to the service: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{end_of_head, read_head};

    #[test]
    fn an_answer_is_read_to_its_end_and_no_further() {
        let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1";
        let begin = end_of_head(answer).unwrap();
        assert_eq!(read_head(&answer[..begin]).unwrap(), (201, 2));
        assert_eq!(&answer[begin..begin + 2], b"{}");
    }
}

//! Whether an engine answers.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use contract::local::HEALTH_PATH;

const PATIENCE: Duration = Duration::from_secs(2);

/// Whether an engine at `port` says that it is well.
pub fn is_well(port: u16) -> bool {
    status_line(port).is_ok_and(|line| line.starts_with("HTTP/1.") && line.contains(" 200"))
}

fn status_line(port: u16) -> io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // In one piece: an answer may come before a second one arrives.
    let request =
        format!("GET {HEALTH_PATH} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.take(64 * 1024).read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn server(answer: &'static str) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let read = stream.read(&mut request).unwrap();
            assert!(request[..read].starts_with(b"GET /_ministack/health HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).unwrap();
        });
        port
    }

    #[test]
    fn only_a_200_is_well() {
        assert!(is_well(server(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        )));
        assert!(!is_well(server("HTTP/1.1 503 Service Unavailable\r\n\r\n")));
        assert!(!is_well(server("SSH-2.0-OpenSSH_9.2\r\n")));
    }

    #[test]
    fn nobody_there_is_not_well() {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap();
        assert!(!is_well(port.port()));
    }
}

//! The language server: the protocol on one side, the crates that the command line uses on the other.
//!
//! Streams, settings, files and builds are handed in ([`host`]); nothing here touches the world.

mod capabilities;
mod client;
pub mod convert;
mod document;
mod features;
mod help;
pub mod host;
mod jobs;
mod requests;
mod server;
mod symbol;
mod wire;

use std::pin::pin;
use std::sync::Arc;

use futures::channel::mpsc;
use futures::future::{Either, select};
use tokio::io::{AsyncRead, AsyncWrite};

pub use server::End;

/// Talks with a client until it leaves. Runs on one thread; long work goes to tokio's threads for blocking work.
pub async fn serve<I, O>(input: I, output: O, host: Arc<dyn host::Host>) -> End
where
    I: AsyncRead + Unpin,
    O: AsyncWrite + Unpin,
{
    let (inbox, incoming) = mpsc::unbounded();
    let (out, outgoing) = mpsc::unbounded();
    let out = wire::Out(out);
    let server = server::Server::new(host, client::Client::new(out.clone()), inbox.clone());
    let writing = wire::write_all(output, outgoing, inbox.clone());
    let reading = wire::read_all(input, inbox, out);
    let talking = async {
        let (working, reading) = (pin!(server.run(incoming)), pin!(reading));
        match select(working, reading).await {
            Either::Left((end, _)) => end,
            Either::Right(((), working)) => working.await,
        }
        // Both ways to the writer end here, so that it ends when all is written.
    };
    let (end, ()) = futures::join!(talking, writing);
    end
}

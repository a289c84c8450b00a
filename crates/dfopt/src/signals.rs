//! Ctrl-C and its like. While there is nothing to clean up, one ends the program at once; from then on the first asks all
//! work to stop and the second ends the program.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dfopt_verify::cancel::CancelToken;
use signal_hook::flag;

use crate::exit::Exit;

/// What a signal does.
#[derive(Debug, Clone)]
pub struct Interrupts {
    token: CancelToken,
    /// Whether the next signal ends the program.
    at_once: Arc<AtomicBool>,
}

impl Interrupts {
    /// Takes the signals over.
    ///
    /// # Errors
    /// When the system takes no signal handlers.
    pub fn watch() -> io::Result<Interrupts> {
        let interrupts = Interrupts { token: CancelToken::new(), at_once: Arc::new(AtomicBool::new(true)) };
        for signal in signals() {
            // In this order: a signal that is to be the first of two must not find the flag that it raises.
            flag::register_conditional_shutdown(
                signal,
                i32::from(Exit::Interrupted.code()),
                interrupts.at_once.clone(),
            )?;
            flag::register(signal, interrupts.at_once.clone())?;
            flag::register(signal, interrupts.token.flag())?;
        }
        Ok(interrupts)
    }

    /// From now on the first signal only asks for an end, by cancelling the token.
    pub fn be_graceful(&self) {
        self.at_once.store(false, Ordering::SeqCst);
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &CancelToken {
        &self.token
    }
}

#[cfg(unix)]
fn signals() -> impl Iterator<Item = i32> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    [SIGINT, SIGTERM, SIGHUP].into_iter()
}

#[cfg(not(unix))]
fn signals() -> impl Iterator<Item = i32> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    [SIGINT, SIGTERM].into_iter()
}

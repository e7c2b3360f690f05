//! Signals, turned into words that a command waits for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// What somebody outside wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C, an orderly end, or the terminal is gone.
    End,
    /// Ctrl-Z.
    Pause,
    /// The terminal has another size.
    Resized,
}

/// From the first of its making on, signals no longer end the process: they come here.
pub struct Inbox {
    signals: Receiver<Signal>,
}

impl Inbox {
    /// Takes the signals over.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn open() -> io::Result<Self> {
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH])?;
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for signal in signals.forever() {
                let word = match signal {
                    SIGTSTP => Signal::Pause,
                    SIGWINCH => Signal::Resized,
                    _ => Signal::End,
                };
                if sender.send(word).is_err() {
                    break;
                }
            }
        });
        Ok(Self { signals: receiver })
    }

    /// The next signal, when one comes within this time.
    pub fn wait(&self, limit: Duration) -> Option<Signal> {
        match self.signals.recv_timeout(limit) {
            Ok(signal) => Some(signal),
            Err(RecvTimeoutError::Timeout) => None,
            // Nobody is left who could send one.
            Err(RecvTimeoutError::Disconnected) => Some(Signal::End),
        }
    }
}

/// Stops this process as Ctrl-Z does, until it is told to go on.
///
/// # Errors
/// When the system does not let it.
pub fn pause() -> io::Result<()> {
    emulate_default_handler(SIGTSTP)
}

/// Is set once a signal has come that asks to end. A second one ends the program at once.
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system does not let a program listen.
    pub fn listen() -> io::Result<Self> {
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // The order counts: the second signal finds the flag set by the first.
            let asked = Arc::clone(&interrupt.asked);
            signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, asked)?;
            signal_hook::flag::register(signal, Arc::clone(&interrupt.asked))?;
        }
        Ok(interrupt)
    }

    /// Whether the program was asked to end.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

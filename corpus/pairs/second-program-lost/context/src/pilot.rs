use std::process::Command;

/// Asks for a tug when there is one beside this program.
fn main() {
    let beside = std::env::current_exe().map(|path| path.with_file_name("tug"));
    let called = beside.and_then(|path| Command::new(path).status());
    match called {
        Ok(status) if status.success() => println!("pilot and tug"),
        _ => println!("pilot alone"),
    }
}

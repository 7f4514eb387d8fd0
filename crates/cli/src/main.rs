//! The program `kontor`.

/// Answers are made of many small values that live for a moment: glibc's allocator took a fifth of
/// the CPU time of a list.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    kontor::main()
}

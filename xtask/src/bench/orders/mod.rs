//! `cargo xtask bench orders`: how many orders a second can be placed, beside the least SQL that does it.

#[cfg(feature = "bench")]
mod floor;
#[cfg(feature = "bench")]
mod load;
#[cfg(feature = "bench")]
mod machine;
#[cfg(feature = "bench")]
mod measure;
mod options;
#[cfg(feature = "bench")]
mod service;
#[cfg(feature = "bench")]
mod shop;
#[cfg(feature = "bench")]
mod store;
#[cfg(feature = "bench")]
mod wire;

#[cfg(feature = "bench")]
pub(super) use measure::run;
pub(crate) use options::Options;

#[cfg(not(feature = "bench"))]
pub(super) fn words(options: &Options) -> Vec<String> {
    options.words()
}

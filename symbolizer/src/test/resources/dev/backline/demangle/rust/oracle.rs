//! Prints each symbol of stdin, a tab, and what the demangler inside rustc's standard library makes of it.
#![feature(rustc_private)]
extern crate rustc_demangle;

fn main() {
    for line in std::io::stdin().lines() {
        let symbol = line.unwrap();
        println!("{}\t{:#}", symbol, rustc_demangle::demangle(&symbol));
    }
}

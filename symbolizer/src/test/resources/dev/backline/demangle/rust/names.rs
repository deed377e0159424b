//! Every kind of name that the two Rust mangling schemes can spell. `make-names` compiles it into names.tsv.
#![feature(
    adt_const_params,
    unsized_const_params,
    coroutines,
    pattern_types,
    pattern_type_macro,
    f16,
    f128,
    decl_macro,
    never_type,
    ptr_metadata
)]
#![allow(
    incomplete_features,
    internal_features,
    dead_code,
    improper_ctypes_definitions,
    non_local_definitions,
    unused
)]
#![crate_type = "lib"]
use std::fmt::{Debug, Display};
use std::marker::ConstParamTy;

#[inline(never)]
pub fn name_of<T: ?Sized>() -> usize {
    std::any::type_name::<T>().len()
}

pub mod net {
    pub mod tcp {
        pub struct Socket<const PORT: u16>;
        impl<const PORT: u16> Socket<PORT> {
            #[inline(never)]
            pub fn reset(&self) -> u16 {
                std::hint::black_box(PORT)
            }
        }
        impl<const PORT: u16> Drop for Socket<PORT> {
            #[inline(never)]
            fn drop(&mut self) {
                std::hint::black_box(PORT);
            }
        }
    }
}
pub trait Driver {
    type Request;
    #[inline(never)]
    fn queue(&self, r: Self::Request) -> usize
    where
        Self: Sized,
    {
        std::hint::black_box(std::mem::size_of::<Self>())
    }
    fn irq(&mut self);
}
pub struct Null;
pub struct Loop<T>(T);
impl Driver for Null {
    type Request = u8;
    #[inline(never)]
    fn irq(&mut self) {}
}
impl<T: Debug> Driver for Loop<T> {
    type Request = Vec<T>;
    #[inline(never)]
    fn irq(&mut self) {
        std::hint::black_box(&self.0);
    }
}
impl<T> Loop<T> {
    #[inline(never)]
    pub fn map<U, F: Fn(&T) -> U>(&self, f: F) -> U {
        f(&self.0)
    }
}
impl Loop<[u8; 4]> {
    #[inline(never)]
    pub fn sum(&self) -> u8 {
        std::hint::black_box(self.0[0])
    }
}

#[derive(PartialEq, Eq, ConstParamTy)]
pub enum Mode {
    Off,
    Level(u8),
    Range { low: i8, high: i8 },
}
#[derive(PartialEq, Eq, ConstParamTy)]
pub struct Pair(pub u8, pub bool);
pub struct B<const V: bool>;
pub struct C<const V: char>;
pub struct I<const V: i32>;
pub struct U<const V: u128>;
pub struct S<const V: &'static str>;
pub struct M<const V: Mode>;
pub struct P<const V: Pair>;
pub struct A<const V: [u8; 3]>;
pub struct T<const V: (u8, bool)>;
pub struct T1<const V: (i64,)>;
pub struct R<const V: &'static u8>;
pub struct Sl<const V: &'static [u16]>;
pub struct N128<const V: i128>;
pub struct SS<const V: &'static [&'static str]>;

extern "C" fn c_callback(_: i32) {}
#[inline(never)]
pub async fn poll_me(x: u32) -> u32 {
    std::hint::black_box(x)
}
#[inline(never)]
pub fn größe<'a>(наука: &'a str) -> &'a str {
    std::hint::black_box(наука)
}
pub mod 東京 {
    #[inline(never)]
    pub fn ñandú() {
        std::hint::black_box(1);
    }
    pub struct 駅;
}
pub macro within() {
    #[inline(never)]
    fn hidden() {
        std::hint::black_box(3);
    }
    hidden();
}
pub static TABLE: [fn(&mut Null); 1] = [<Null as Driver>::irq];
thread_local! { pub static LOCAL: std::cell::RefCell<u32> = std::cell::RefCell::new(1); }
#[no_mangle]
pub extern "C" fn rust_helper() {}

#[inline(never)]
pub fn everything() -> usize {
    let mut n = 0;
    n += name_of::<i8>()
        + name_of::<bool>()
        + name_of::<char>()
        + name_of::<f64>()
        + name_of::<str>()
        + name_of::<f32>()
        + name_of::<u8>()
        + name_of::<isize>()
        + name_of::<usize>()
        + name_of::<i32>()
        + name_of::<u32>()
        + name_of::<i128>()
        + name_of::<u128>()
        + name_of::<i16>()
        + name_of::<u16>()
        + name_of::<()>()
        + name_of::<i64>()
        + name_of::<u64>()
        + name_of::<!>()
        + name_of::<f16>()
        + name_of::<f128>();
    n += name_of::<[u8]>()
        + name_of::<[u8; 1500]>()
        + name_of::<(u8,)>()
        + name_of::<(u8, (i8, bool))>()
        + name_of::<&'static str>()
        + name_of::<&mut [Null]>()
        + name_of::<*const Null>()
        + name_of::<*mut Loop<Null>>();
    n += name_of::<fn()>()
        + name_of::<fn(u8) -> u16>()
        + name_of::<unsafe extern "C" fn(*const u8, ...) -> i32>()
        + name_of::<extern "C" fn(i32)>()
        + name_of::<for<'a, 'b> fn(&'a u8, &'b u8) -> &'a u8>()
        + name_of::<for<'a> fn(&'a u8, for<'b> fn(&'b &'a u8))>()
        + name_of::<extern "sysv64" fn()>()
        + name_of::<extern "system" fn() -> !>()
        + name_of::<extern "C-unwind" fn()>();
    n += name_of::<dyn Debug>()
        + name_of::<dyn Debug + Send + Sync>()
        + name_of::<dyn Driver<Request = u8>>()
        + name_of::<Box<dyn FnMut(u8) -> Option<u16> + Send>>()
        + name_of::<dyn for<'a> Fn(&'a str) -> &'a str>()
        + name_of::<dyn Iterator<Item = (u8, &'static str)> + Send + 'static>()
        + name_of::<dyn Send>();
    n += name_of::<B<true>>()
        + name_of::<B<false>>()
        + name_of::<C<'x'>>()
        + name_of::<C<'\''>>()
        + name_of::<C<'\n'>>()
        + name_of::<C<'東'>>()
        + name_of::<C<'\u{200b}'>>()
        + name_of::<C<'"'>>()
        + name_of::<I<-42>>()
        + name_of::<I<{ i32::MIN }>>()
        + name_of::<U<{ u128::MAX }>>()
        + name_of::<U<0>>()
        + name_of::<N128<{ i128::MIN }>>();
    n += name_of::<S<"tcp_v4_rcv">>()
        + name_of::<S<"">>()
        + name_of::<S<"q\"uote\\ \n\t\0 '東 \u{e9}\u{301}\u{7f}">>()
        + name_of::<M<{ Mode::Off }>>()
        + name_of::<M<{ Mode::Level(7) }>>()
        + name_of::<M<{ Mode::Range { low: -3, high: 4 } }>>()
        + name_of::<P<{ Pair(1, true) }>>()
        + name_of::<A<{ [1, 2, 255] }>>()
        + name_of::<T<{ (9, false) }>>()
        + name_of::<T1<{ (-9,) }>>()
        + name_of::<R<{ &17 }>>()
        + name_of::<Sl<{ &[1, 2] }>>()
        + name_of::<Sl<{ &[] }>>()
        + name_of::<SS<{ &["a", "b"] }>>();
    n += name_of::<net::tcp::Socket<80>>()
        + name_of::<東京::駅>()
        + name_of::<Loop<Loop<Loop<Null>>>>()
        + name_of::<(Loop<Null>, Loop<Null>, Loop<Loop<Null>>)>()
        + name_of::<<Loop<Null> as Sized2>::Out>()
        + name_of::<std::collections::HashMap<String, Vec<Option<Box<dyn Display>>>>>();
    n += name_of::<std::pat::pattern_type!(u32 is 1..=100)>();
    let s = net::tcp::Socket::<443>;
    n += s.reset() as usize;
    drop(s);
    n += Null.queue(1) + Loop(3u8).queue(vec![1]);
    let mut d: Box<dyn Driver<Request = Vec<&str>>> = Box::new(Loop("x"));
    d.irq();
    n += Loop(3u8).map(|x| {
        let g = |y: u8| std::hint::black_box(y as usize + *x as usize);
        g(1) + [1, 2, 3u8]
            .iter()
            .map(|z| std::hint::black_box(*z as usize))
            .sum::<usize>()
    });
    n += Loop([1u8, 2, 3, 4]).sum() as usize;
    let f: Box<dyn FnOnce(u8) -> u8> = Box::new(move |x| std::hint::black_box(x));
    n += f(1) as usize;
    fn inner<T>(t: T) -> T {
        #[inline(never)]
        fn deeper<const K: usize>() -> usize {
            std::hint::black_box(K)
        }
        deeper::<7>();
        std::hint::black_box(t)
    }
    inner(1u8);
    inner("s");
    const {
        fn in_const() {}
    }
    within!();
    {
        within!();
    }
    impl Null {
        #[inline(never)]
        fn local_impl(&self) {
            std::hint::black_box(0);
        }
    }
    Null.local_impl();
    impl Display for Null {
        #[inline(never)]
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("x")
        }
    }
    n += Null.to_string().len();
    n += größe("x").len();
    東京::ñandú();
    LOCAL.with(|l| *l.borrow_mut() += 1);
    for t in TABLE {
        t(&mut Null)
    }
    let _ = std::hint::black_box(&(c_callback as extern "C" fn(i32)));
    drop(std::hint::black_box(
        Box::new(poll_me(1)) as Box<dyn std::future::Future<Output = u32>>
    ));
    n
}
pub trait Sized2 {
    type Out;
}
impl<X> Sized2 for X {
    type Out = [X; 2];
}

package dev.backline.demangle;

import static dev.backline.demangle.RustV0Cursor.check;

import dev.backline.demangle.RustV0Cursor.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The v0 mangling of rustc: one recursive method per rule of the grammar in RFC 2603 and the rustc book. Methods print
 * while they parse. Parts that do not appear in the name (the path of an impl block, the instantiating crate) are
 * parsed silently, only to find their end.
 *
 * <p>Back references can make the name exponentially longer than the symbol, so {@link #MAX_OUTPUT}, {@link #MAX_DEPTH}
 * and {@link RustV0Cursor#MAX_WORK} limit the work. A back reference must point to an earlier position, and is not
 * followed while parsing silently. Use one instance per symbol.
 */
final class RustV0 {
    /** The longest name in characters. The kernel keeps at most 511 bytes of a mangled name. */
    static final int MAX_OUTPUT = 1 << 16;

    /** The deepest nesting of rules, as in LLVM and rustc's demangler. */
    static final int MAX_DEPTH = 500;

    private static final int NONE = -1;

    /** The context of a path: in a value, {@code ::} precedes generic arguments, as in {@code f::<T>}. */
    private enum Place {
        VALUE,
        TYPE
    }

    @FunctionalInterface
    private interface Rule {
        void read() throws Malformed;
    }

    private final RustV0Cursor in;

    private final StringBuilder out = new StringBuilder();
    private int depth;
    private int boundLifetimes;
    private boolean silent;

    private RustV0(String symbol) {
        in = new RustV0Cursor(symbol);
    }

    /**
     * Demangles a v0 symbol.
     *
     * @param symbol the symbol without {@code _R} and vendor-specific suffix
     * @return the path, or null if the symbol violates the grammar or a limit
     */
    static @Nullable String demangle(String symbol) {
        RustV0 reader = new RustV0(symbol);
        try {
            reader.symbolName();
            return reader.out.toString();
        } catch (Malformed e) {
            return null;
        }
    }

    // symbol-name → _R [decimal-number] path [instantiating-crate]. The only version so far has no number.
    private void symbolName() throws Malformed {
        path(Place.VALUE);
        if (!in.atEnd()) {
            silently(() -> path(Place.VALUE));
        }
        check(in.atEnd());
    }

    // path → crate-root | inherent-impl | trait-impl | trait-definition | nested-path | generic-args | backref
    private void path(Place place) throws Malformed {
        if (openPath(place)) {
            print(">");
        }
    }

    /** Parses a path and leaves the list of its generic arguments open: {@return whether there is a list} */
    private boolean openPath(Place place) throws Malformed {
        enter();
        boolean open = false;
        switch (in.next()) {
            case 'C' -> {
                in.disambiguator();
                print(in.undisambiguatedIdentifier());
            }
            case 'M' -> {
                implPath();
                print("<");
                type();
                print(">");
            }
            case 'X' -> {
                implPath();
                qualifiedType();
            }
            case 'Y' -> qualifiedType();
            case 'N' -> nestedPath(place);
            case 'I' -> {
                path(place);
                print(place == Place.VALUE ? "::<" : "<");
                list(", ", this::genericArg);
                open = true;
            }
            case 'B' -> open = openBackref(place);
            default -> throw new Malformed();
        }
        leave();
        return open;
    }

    // impl-path → [disambiguator] path: the module of the impl block, which is not printed.
    private void implPath() throws Malformed {
        silently(() -> {
            in.disambiguator();
            path(Place.VALUE);
        });
    }

    private void qualifiedType() throws Malformed {
        print("<");
        type();
        print(" as ");
        path(Place.TYPE);
        print(">");
    }

    // nested-path → N namespace path identifier
    private void nestedPath(Place place) throws Malformed {
        char namespace = in.next();
        boolean special = namespace >= 'A' && namespace <= 'Z';
        check(special || (namespace >= 'a' && namespace <= 'z'));
        path(place);
        long disambiguator = in.disambiguator();
        String name = in.undisambiguatedIdentifier();
        if (special) {
            print("::{");
            print(
                    switch (namespace) {
                        case 'C' -> "closure";
                        case 'S' -> "shim";
                        default -> String.valueOf(namespace);
                    });
            print(name.isEmpty() ? "" : ":" + name);
            print("#" + Long.toUnsignedString(disambiguator) + "}");
        } else if (!name.isEmpty()) {
            print("::" + name);
        }
    }

    // generic-arg → lifetime | type | K const
    private void genericArg() throws Malformed {
        if (in.eat('L')) {
            lifetime(in.base62());
        } else if (in.eat('K')) {
            constant(false);
        } else {
            type();
        }
    }

    private void type() throws Malformed {
        enter();
        char tag = in.next();
        switch (tag) {
            case 'A' -> {
                print("[");
                type();
                print("; ");
                constant(true);
                print("]");
            }
            case 'S' -> {
                print("[");
                type();
                print("]");
            }
            case 'T' -> tuple(this::type);
            case 'R' -> reference("&", "");
            case 'Q' -> reference("&", "mut ");
            case 'P' -> {
                print("*const ");
                type();
            }
            case 'O' -> {
                print("*mut ");
                type();
            }
            case 'F' -> bound(this::fnSig);
            case 'D' -> dynTraitType();
            case 'W' -> {
                type();
                print(" is ");
                pattern();
            }
            case 'B' -> backref(this::type);
            default -> {
                if (tag >= 'a' && tag <= 'z') {
                    print(basicType(tag));
                } else {
                    in.seek(in.position() - 1);
                    path(Place.TYPE);
                }
            }
        }
        leave();
    }

    private static String basicType(char tag) throws Malformed {
        return switch (tag) {
            case 'a' -> "i8";
            case 'b' -> "bool";
            case 'c' -> "char";
            case 'd' -> "f64";
            case 'e' -> "str";
            case 'f' -> "f32";
            case 'h' -> "u8";
            case 'i' -> "isize";
            case 'j' -> "usize";
            case 'l' -> "i32";
            case 'm' -> "u32";
            case 'n' -> "i128";
            case 'o' -> "u128";
            case 'p' -> "_";
            case 's' -> "i16";
            case 't' -> "u16";
            case 'u' -> "()";
            case 'v' -> "...";
            case 'x' -> "i64";
            case 'y' -> "u64";
            case 'z' -> "!";
            default -> throw new Malformed();
        };
    }

    private void tuple(Rule element) throws Malformed {
        print("(");
        print(list(", ", element) == 1 ? ",)" : ")");
    }

    // ref-type → R [lifetime] type; a lifetime of 0 is erased
    private void reference(String sign, String mutability) throws Malformed {
        print(sign);
        if (in.eat('L')) {
            long lifetime = in.base62();
            if (lifetime != 0) {
                lifetime(lifetime);
                print(" ");
            }
        }
        print(mutability);
        type();
    }

    // fn-sig → [binder] [U] [K abi] {type} E type
    private void fnSig() throws Malformed {
        if (in.eat('U')) {
            print("unsafe ");
        }
        if (in.eat('K')) {
            print("extern \"");
            print(in.eat('C') ? "C" : abi());
            print("\" ");
        }
        print("fn(");
        list(", ", this::type);
        print(")");
        if (!in.eat('u')) {
            print(" -> ");
            type();
        }
    }

    private String abi() throws Malformed {
        check(in.peek() != 'u');
        String name = in.undisambiguatedIdentifier();
        check(!name.isEmpty());
        return name.replace('_', '-');
    }

    // dyn-trait-type → D dyn-bounds lifetime; dyn-bounds → [binder] {dyn-trait} E
    private void dynTraitType() throws Malformed {
        print("dyn ");
        bound(() -> list(" + ", this::dynTrait));
        check(in.eat('L'));
        long lifetime = in.base62();
        if (lifetime != 0) {
            print(" + ");
            lifetime(lifetime);
        }
    }

    // dyn-trait → path {p undisambiguated-identifier (type | K const)}
    private void dynTrait() throws Malformed {
        boolean open = openPath(Place.TYPE);
        while (in.eat('p')) {
            print(open ? ", " : "<");
            open = true;
            print(in.undisambiguatedIdentifier() + " = ");
            if (in.eat('K')) {
                constant(false);
            } else {
                type();
            }
        }
        if (open) {
            print(">");
        }
    }

    // pattern-kind → R const const | O {pattern-kind} E | N
    private void pattern() throws Malformed {
        enter();
        switch (in.next()) {
            case 'R' -> {
                constant(false);
                print("..=");
                constant(false);
            }
            case 'O' -> check(list(" | ", this::pattern) > 0);
            case 'N' -> print("!null");
            default -> throw new Malformed();
        }
        leave();
    }

    /**
     * Parses a constant.
     *
     * @param inValue whether the constant is part of another constant, where an expression needs no braces
     */
    private void constant(boolean inValue) throws Malformed {
        enter();
        char tag = in.next();
        switch (tag) {
            case 'p' -> print("_");
            case 'h', 't', 'm', 'y', 'o', 'j' -> integer();
            case 'a', 's', 'l', 'x', 'n', 'i' -> {
                if (in.eat('n')) {
                    print("-");
                }
                integer();
            }
            case 'b' -> {
                String value = in.hexDigits();
                check(value.equals("0") || value.equals("1"));
                print(value.equals("0") ? "false" : "true");
            }
            case 'c' -> {
                String value = in.hexDigits();
                check(value.length() <= 6);
                int character = value.isEmpty() ? 0 : Integer.parseInt(value, 16);
                check(Character.isValidCodePoint(character) && Character.getType(character) != Character.SURROGATE);
                print(RustLiterals.character(character));
            }
            case 'R' -> {
                if (in.eat('e')) {
                    stringLiteral();
                } else {
                    braced(inValue, () -> {
                        print("&");
                        constant(true);
                    });
                }
            }
            case 'B' -> backref(() -> constant(inValue));
            default -> braced(inValue, () -> expression(tag));
        }
        leave();
    }

    /** Constants that are expressions; as a generic argument, Rust requires braces. */
    private void expression(char tag) throws Malformed {
        switch (tag) {
            case 'e' -> {
                print("*");
                stringLiteral();
            }
            case 'Q' -> {
                print("&mut ");
                constant(true);
            }
            case 'A' -> {
                print("[");
                list(", ", () -> constant(true));
                print("]");
            }
            case 'T' -> tuple(() -> constant(true));
            case 'V' -> {
                path(Place.VALUE);
                switch (in.next()) {
                    case 'U' -> {}
                    case 'T' -> {
                        print("(");
                        list(", ", () -> constant(true));
                        print(")");
                    }
                    case 'S' -> {
                        print(" { ");
                        list(", ", this::field);
                        print(" }");
                    }
                    default -> throw new Malformed();
                }
            }
            default -> throw new Malformed();
        }
    }

    private void field() throws Malformed {
        in.disambiguator();
        print(in.undisambiguatedIdentifier() + ": ");
        constant(true);
    }

    private void braced(boolean inValue, Rule rule) throws Malformed {
        print(inValue ? "" : "{");
        rule.read();
        print(inValue ? "" : "}");
    }

    private void integer() throws Malformed {
        String value = in.hexDigits();
        boolean wide = value.length() > 16;
        print(wide ? "0x" + value : Long.toUnsignedString(value.isEmpty() ? 0 : Long.parseUnsignedLong(value, 16)));
    }

    /** A str constant: the hex digits of its UTF-8 bytes. */
    private void stringLiteral() throws Malformed {
        String digits = in.rawHexDigits();
        check(digits.length() % 2 == 0);
        byte[] bytes = new byte[digits.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits, 2 * i, 2 * i + 2, 16);
        }
        try {
            String value = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            print(RustLiterals.string(value));
        } catch (CharacterCodingException e) {
            throw new Malformed();
        }
    }

    // lifetime → L base-62-number: 0 is erased, 1 is the innermost bound lifetime
    private void lifetime(long index) throws Malformed {
        if (silent) {
            return;
        }
        if (index == 0) {
            print("'_");
            return;
        }
        check(index > 0 && index <= boundLifetimes);
        int number = (int) (boundLifetimes - index);
        print(number < 26 ? "'" + (char) ('a' + number) : "'_" + number);
    }

    // binder → G base-62-number: binds as many lifetimes as the number plus 1
    private void bound(Rule rule) throws Malformed {
        int outer = boundLifetimes;
        if (in.eat('G')) {
            long count = in.base62() + 1;
            check(count > 0 && count <= MAX_OUTPUT);
            print("for<");
            for (int i = 0; i < count && !silent; i++) {
                boundLifetimes++;
                print(i == 0 ? "" : ", ");
                lifetime(1);
            }
            print("> ");
        }
        rule.read();
        boundLifetimes = outer;
    }

    // backref → B base-62-number: an offset from the end of _R
    private int backrefTarget() throws Malformed {
        int limit = in.position() - 1;
        long target = in.base62();
        check(target >= 0 && target < limit);
        return silent ? NONE : (int) target;
    }

    private void backref(Rule rule) throws Malformed {
        int target = backrefTarget();
        if (target != NONE) {
            int after = in.position();
            in.seek(target);
            rule.read();
            in.seek(after);
        }
    }

    private boolean openBackref(Place place) throws Malformed {
        int target = backrefTarget();
        if (target == NONE) {
            return false;
        }
        int after = in.position();
        in.seek(target);
        boolean open = openPath(place);
        in.seek(after);
        return open;
    }

    /** Parses elements up to and including the closing {@code E}: {@return the number of elements} */
    private int list(String separator, Rule element) throws Malformed {
        int count = 0;
        while (!in.eat('E')) {
            if (count++ > 0) {
                print(separator);
            }
            element.read();
        }
        return count;
    }

    private void silently(Rule rule) throws Malformed {
        boolean before = silent;
        silent = true;
        rule.read();
        silent = before;
    }

    private void print(String text) throws Malformed {
        if (!silent) {
            check(text.length() <= MAX_OUTPUT - out.length());
            out.append(text);
        }
    }

    private void enter() throws Malformed {
        check(++depth <= MAX_DEPTH);
    }

    private void leave() {
        depth--;
    }
}

package dev.backline.cli.symbolize;

import com.google.gson.stream.JsonWriter;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Printable;
import dev.backline.dwarf.types.Type;
import dev.backline.io.Hex;
import dev.backline.symbolize.ByReturnAddress;
import dev.backline.symbolize.Call;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.Pc;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The calls that frames make, from debug information ({@code --explain}). Not thread-safe. */
final class CallExplanations {
    /** Larger constants are flags and addresses more often than numbers. */
    private static final long LARGEST_DECIMAL = 1023;

    private final Console console;
    private final ByReturnAddress<Call> calls = new ByReturnAddress<>(Call::returningTo);
    private boolean complained;

    CallExplanations(Console console) {
        this.console = console;
    }

    /** {@return the call of a log's frame; null for an exact place, or where the debug information has no call there} */
    @Nullable
    Call of(LogFrame frame) throws IOException {
        return frame.reference().pc() == Pc.RETURN ? of(frame.resolution(), frame.symbolizer()) : null;
    }

    /** {@return the call of a query's place; null in the same cases} */
    @Nullable
    Call of(Answer answer, Resolution resolution) throws IOException {
        return answer.reference().pc() == Pc.RETURN ? of(resolution, answer.symbolizer()) : null;
    }

    private @Nullable Call of(Resolution resolution, @Nullable Symbolizer symbolizer) throws IOException {
        if (!(resolution instanceof Resolved resolved) || symbolizer == null) {
            return null;
        }
        if (symbolizer.dwarf() == null) {
            complain(symbolizer.data().name()
                    + " is an index without call sites; --explain needs the file with debug information"
                    + " that the index was made from");
            return null;
        }
        try {
            return calls.get(symbolizer, resolved.address());
        } catch (IOException e) {
            // The frame has its line; only its call needs the damaged part.
            complain(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void complain(String message) throws IOException {
        if (!complained) {
            console.complain("backline: " + Printable.of(message));
            complained = true;
        }
    }

    /** {@code tcp_v4_send_reset(sk = NULL), behind label no_tcp_socket}. */
    static String text(Call call) {
        StringBuilder text = new StringBuilder();
        text.append(call.callee() == null ? "a function through a pointer" : call.callee());
        String between = "(";
        for (Call.Argument argument : call.constants()) {
            text.append(between)
                    .append(argument.name() == null ? "arg" + argument.position() : argument.name())
                    .append(" = ")
                    .append(value(argument));
            between = ", ";
        }
        if (!call.constants().isEmpty()) {
            text.append(')');
        }
        if (call.label() != null) {
            text.append(", behind label ").append(call.label());
        }
        return Printable.of(text.toString());
    }

    private static String value(Call.Argument argument) {
        long value = argument.value();
        Type type = argument.type();
        if (argument.enumerator() != null) {
            return argument.enumerator();
        }
        if (value == 0 && type != null && type.resolved().kind() == Type.Kind.POINTER) {
            return "NULL";
        }
        if (Math.abs(value) <= LARGEST_DECIMAL) {
            return Long.toString(value);
        }
        long size = type == null ? 0 : type.resolved().byteSize();
        return Hex.text(size > 0 && size < 8 ? value & ~(-1L << (size * 8)) : value);
    }

    /** The value of the key {@code call}. */
    static void json(JsonWriter json, @Nullable Call call) throws IOException {
        if (call == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("callee").value(call.callee());
        json.name("constants").beginArray();
        for (Call.Argument argument : call.constants()) {
            json.beginObject();
            json.name("position").value(argument.position());
            json.name("parameter").value(argument.name());
            json.name("type")
                    .value(argument.type() == null ? null : argument.type().text());
            json.name("value").value(argument.value());
            json.name("enumerator").value(argument.enumerator());
            json.endObject();
        }
        json.endArray();
        json.name("label").value(call.label());
        json.endObject();
    }
}

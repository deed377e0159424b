package dev.backline.cli;

import com.google.gson.stream.JsonWriter;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.dwarf.types.Enumeration;
import dev.backline.dwarf.types.Enumeration.Enumerator;
import dev.backline.dwarf.types.Member;
import dev.backline.elf.BuildId;
import dev.backline.io.Hex;
import dev.backline.probe.KernelProbes;
import dev.backline.probe.KernelTypes;
import dev.backline.probe.KernelTypes.StructureMember;
import dev.backline.probe.ProbeParameter;
import dev.backline.probe.ProbePoint;
import dev.backline.probe.ProbePoint.Kind;
import dev.backline.probe.ProbePoint.Use;
import dev.backline.probe.ProbeSite;
import dev.backline.probe.ProbeTarget;
import dev.backline.probe.ProbeTarget.Presence;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The probes of a kernel as a table for people, or as JSON. */
final class ProbeListing {
    /** The most copies of one function in the text; JSON has all. */
    private static final int SHOWN_SITES = 6;

    private static final int WIDTH = 100;

    private ProbeListing() {}

    static void text(KernelProbes probes, Output out) throws IOException {
        String release = probes.release();
        BuildId id = probes.buildId();
        line(out, (release == null ? "unknown release" : release) + (id == null ? "" : ", build id " + id));
        line(out, probes.vmlinux());
        List<String[]> rows = new ArrayList<>();
        for (Use use : Use.values()) {
            rows.add(new String[] {heading(use)});
            for (ProbeTarget target : probes.targets()) {
                if (target.point().use() == use && target.isPresent()) {
                    rows.add(row(target));
                    sites(target, rows);
                }
            }
        }
        table(rows, out);
        missing(probes, out);
        types(probes.types(), out);
    }

    private static String heading(Use use) {
        return switch (use) {
            case ALWAYS -> "Called for each RST that is sent or received:";
            case INSTEAD -> "Called for the same RSTs, for kernels where the functions above cannot be probed:";
            case DETAIL -> "Called before a RST is sent, and for other packets:";
        };
    }

    private static String[] row(ProbeTarget target) {
        StringBuilder parameters = new StringBuilder();
        for (ProbeParameter parameter : target.parameters()) {
            parameters.append(parameters.length() == 0 ? "" : ", ").append(parameter.declaration());
        }
        if (target.presence() == Presence.SYMBOL_ONLY) {
            parameters.append("(parameters unknown: no debug information)");
        }
        String where = target.point().kind() == Kind.TRACEPOINT ? "tracepoint" : module(target);
        return new String[] {"  " + target.point().name(), where, parameters.toString()};
    }

    private static String module(ProbeTarget target) {
        String module = target.module();
        return module == null ? "vmlinux" : module;
    }

    private static void sites(ProbeTarget target, List<String[]> rows) {
        int copies = 0;
        for (ProbeSite site : target.sites()) {
            if (site.kind() == ProbeSite.Kind.CLONE) {
                String dropped = dropped(target, site);
                rows.add(
                        new String[] {"    clone", "", site.symbol() + (dropped.isEmpty() ? "" : ", without " + dropped)
                        });
            } else if (site.kind() == ProbeSite.Kind.INLINED && ++copies <= SHOWN_SITES) {
                rows.add(new String[] {"    inlined", "", inlined(site)});
            }
        }
        if (copies > SHOWN_SITES) {
            rows.add(
                    new String[] {"    inlined", "", "and at " + (copies - SHOWN_SITES) + " more places (--format json)"
                    });
        }
    }

    private static String inlined(ProbeSite site) {
        StringBuilder text = new StringBuilder();
        text.append("at ").append(site.symbol()).append("+0x").append(Long.toHexString(site.offset()));
        for (String caller : site.callers()) {
            if (!caller.equals(site.symbol())) {
                text.append(", in ").append(caller);
            }
        }
        return text.toString();
    }

    private static String dropped(ProbeTarget target, ProbeSite site) {
        List<String> names = new ArrayList<>();
        for (ProbeParameter parameter : target.parameters()) {
            String name = parameter.name();
            if (name != null && !site.located().contains(name)) {
                names.add(name);
            }
        }
        return String.join(", ", names);
    }

    private static void table(List<String[]> rows, Output out) throws IOException {
        int first = 0;
        int second = 0;
        for (String[] row : rows) {
            if (row.length > 1) {
                first = Math.max(first, row[0].length());
                second = Math.max(second, row[1].length());
            }
        }
        for (String[] row : rows) {
            if (row.length == 1) {
                out.newLine();
                line(out, row[0]);
            } else {
                line(out, padded(row[0], first) + "  " + padded(row[1], second) + "  " + row[2]);
            }
        }
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    private static void missing(KernelProbes probes, Output out) throws IOException {
        List<String> absent = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (ProbeTarget target : probes.targets()) {
            String name = target.point().name();
            if (target.presence() == Presence.ABSENT) {
                absent.add(name);
            } else if (target.presence() == Presence.UNKNOWN) {
                notes.add("  " + name + ": " + target.note());
            }
        }
        if (!absent.isEmpty()) {
            out.newLine();
            line(out, "Not in this kernel:");
            wrapped(absent, out);
        }
        if (!notes.isEmpty()) {
            out.newLine();
            line(out, "Unknown:");
            for (String note : notes) {
                line(out, note);
            }
        }
    }

    private static void types(KernelTypes types, Output out) throws IOException {
        out.newLine();
        Enumeration reasons = types.reasons();
        if (reasons == null) {
            line(out, "The kernel's reason for a RST: none in this kernel (no enum sk_rst_reason)");
        } else {
            line(out, "The kernel's reason for a RST (enum sk_rst_reason):");
            List<String> names = new ArrayList<>();
            for (Enumerator reason : reasons.enumerators()) {
                names.add(reason.value() + " " + plain(reason.name(), "SK_RST_REASON_"));
            }
            wrapped(names, out);
        }
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"What can be read of each event:"});
        List<String> absent = new ArrayList<>();
        for (StructureMember each : types.members()) {
            Member member = each.member();
            String name = each.structure() + "." + each.path();
            if (member == null) {
                absent.add(name);
            } else {
                rows.add(new String[] {"  " + name, member.type().text() + place(member), each.shows()});
            }
        }
        table(rows, out);
        if (!absent.isEmpty()) {
            line(out, "Not found in this kernel:");
            wrapped(absent, out);
        }
    }

    private static String place(Member member) {
        String bits = member.isBitField() ? ", bit " + (member.bitOffset() & 7) + ", size " + member.bitSize() : "";
        return " at " + member.offset() + bits;
    }

    private static String plain(String name, String prefix) {
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    /** Prints items with commas between them, wrapped into lines. */
    private static void wrapped(List<String> items, Output out) throws IOException {
        StringBuilder line = new StringBuilder(" ");
        for (int i = 0; i < items.size(); i++) {
            String item = " " + items.get(i) + (i + 1 < items.size() ? "," : "");
            if (line.length() > 1 && line.length() + item.length() > WIDTH) {
                line(out, line.toString());
                line.setLength(1);
            }
            line.append(item);
        }
        line(out, line.toString());
    }

    private static void line(Output out, String text) throws IOException {
        out.print(Printable.of(text.stripTrailing())).newLine();
    }

    static void json(KernelProbes probes, Output out) throws IOException {
        StringWriter text = new StringWriter();
        JsonWriter json = new JsonWriter(text);
        json.setSerializeNulls(true);
        json.beginObject();
        json.name("kernel").beginObject();
        json.name("release").value(probes.release());
        BuildId id = probes.buildId();
        json.name("buildId").value(id == null ? null : id.toString());
        json.name("vmlinux").value(probes.vmlinux());
        json.endObject();
        json.name("probes").beginArray();
        for (ProbeTarget target : probes.targets()) {
            json(target, json);
        }
        json.endArray();
        KernelTypes types = probes.types();
        json(json, "reasons", types.reasons());
        json(json, "dropReasons", types.dropReasons());
        json(json, "states", types.states());
        json(json, "conntrackInfo", types.conntrackInfo());
        json.name("members").beginArray();
        for (StructureMember each : types.members()) {
            json.beginObject();
            json.name("structure").value(each.structure());
            json.name("path").value(each.path());
            json.name("shows").value(each.shows());
            json.name("present").value(each.member() != null);
            json(json, each.member());
            json.endObject();
        }
        json.endArray();
        json.endObject();
        out.json(text.toString()).newLine();
    }

    private static void json(ProbeTarget target, JsonWriter json) throws IOException {
        ProbePoint point = target.point();
        json.beginObject();
        json.name("name").value(point.name());
        json.name("kind").value(word(point.kind()));
        json.name("direction").value(word(point.direction()));
        json.name("use").value(word(point.use()));
        json.name("family").value(word(point.family()));
        json.name("meaning").value(point.meaning());
        json.name("prints").value(point.prints());
        json.name("presence").value(word(target.presence()));
        json.name("module").value(target.module());
        json.name("note").value(target.note());
        json.name("parameters").beginArray();
        for (ProbeParameter parameter : target.parameters()) {
            json.beginObject();
            json.name("name").value(parameter.name());
            json.name("type").value(parameter.type().text());
            json.name("role").value(word(parameter.role()));
            json.endObject();
        }
        json.endArray();
        json.name("sites").beginArray();
        for (ProbeSite site : target.sites()) {
            json.beginObject();
            json.name("kind").value(word(site.kind()));
            json.name("symbol").value(site.symbol());
            json.name("offset").value(site.offset());
            json.name("address").value(Hex.text(site.address()));
            json.name("size").value(site.size());
            strings(json, "callers", site.callers());
            json.name("line").value(site.line() == 0 ? null : Integer.valueOf(site.line()));
            strings(json, "located", site.located());
            json.endObject();
        }
        json.endArray();
        json.name("fields").beginArray();
        for (Member field : target.fields()) {
            json.beginObject();
            json.name("name").value(field.name());
            json(json, field);
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }

    private static void json(JsonWriter json, @Nullable Member member) throws IOException {
        json.name("type").value(member == null ? null : member.type().text());
        json.name("offset").value(member == null ? null : Long.valueOf(member.offset()));
        json.name("bitOffset").value(member == null || !member.isBitField() ? null : Long.valueOf(member.bitOffset()));
        json.name("bitSize").value(member == null || !member.isBitField() ? null : Long.valueOf(member.bitSize()));
    }

    private static void json(JsonWriter json, String name, @Nullable Enumeration enumeration) throws IOException {
        json.name(name);
        if (enumeration == null) {
            json.nullValue();
            return;
        }
        json.beginArray();
        for (Enumerator each : enumeration.enumerators()) {
            json.beginObject()
                    .name("name")
                    .value(each.name())
                    .name("value")
                    .value(each.value())
                    .endObject();
        }
        json.endArray();
    }

    private static void strings(JsonWriter json, String name, List<String> values) throws IOException {
        json.name(name).beginArray();
        for (String value : values) {
            json.value(value);
        }
        json.endArray();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

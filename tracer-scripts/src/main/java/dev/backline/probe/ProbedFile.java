package dev.backline.probe;

import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.ElfData;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.types.AddressRange;
import dev.backline.dwarf.types.Declarations;
import dev.backline.dwarf.types.Member;
import dev.backline.dwarf.types.Parameter;
import dev.backline.dwarf.types.Structure;
import dev.backline.dwarf.types.Subprogram;
import dev.backline.dwarf.types.Subprogram.Body;
import dev.backline.dwarf.types.Subprogram.InlinedCopy;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.probe.ProbePoint.Kind;
import dev.backline.probe.ProbeTarget.Presence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the functions of the catalogue in a vmlinux or module. Not thread-safe. */
final class ProbedFile {
    private static final String ITERATOR = "__traceiter_";
    private static final String RECORDER = "trace_event_raw_event_";
    private static final String RECORD = "trace_event_raw_";

    /** The bytes that some architectures leave between a function's symbol and its code, for patches. */
    private static final int MAX_PATCH_ROOM = 32;
    /** More bytes than the names of probed functions have. */
    private static final int MAX_NAME = 512;

    private final DebugFile file;
    private final ElfFile elf;
    private final Dwarf dwarf;
    /** The code symbols of the catalogue's functions and those near them, with clones, by plain name. */
    private final Map<String, List<Integer>> symbols = new HashMap<>();

    private final Map<Long, @Nullable Declarations> units = new HashMap<>();

    ProbedFile(DebugFile file, List<ProbePoint> points) throws IOException {
        if (!(file.data() instanceof ElfData data)) {
            throw new IOException(file + ": is an index, which does not say what functions take; give the ELF file with"
                    + " debug info that it is of");
        }
        this.file = file;
        elf = data.elf();
        dwarf = data.dwarf();
        Set<String> wanted = new HashSet<>(TypeSearch.ANCHORS);
        for (ProbePoint point : points) {
            String name = point.plainName();
            wanted.addAll(point.near());
            if (point.kind() == Kind.FUNCTION) {
                wanted.add(name);
            } else {
                wanted.addAll(List.of("__tracepoint_" + name, ITERATOR + name));
                wanted.addAll(recorders(name));
            }
        }
        SymbolTable table = elf.symbols();
        for (int i = 1; i < table.size(); i++) {
            String name = table.name(i, MAX_NAME);
            int dot = name.indexOf('.');
            String plain = dot > 0 ? name.substring(0, dot) : name;
            if (wanted.contains(plain) && table.sectionIndex(i) != SymbolTable.SHN_UNDEF) {
                symbols.computeIfAbsent(plain, key -> new ArrayList<>()).add(i);
            }
        }
    }

    /** Tracepoints that share a record name it after the first one. */
    private static List<String> recorders(String tracepoint) {
        return switch (tracepoint) {
            case "tcp_send_reset" -> List.of(RECORDER + tracepoint, RECORDER + "tcp_event_sk_skb");
            case "tcp_receive_reset" -> List.of(RECORDER + tracepoint, RECORDER + "tcp_event_sk");
            default -> List.of(RECORDER + tracepoint);
        };
    }

    /** {@return the code that one of these functions begins with, or null when the file has none of them} */
    @Nullable
    Declarations unitOf(List<String> functions) throws IOException {
        for (String function : functions) {
            for (int symbol : symbols.getOrDefault(function, List.of())) {
                Declarations unit = isCode(symbol) ? unit(symbol) : null;
                if (unit != null) {
                    return unit;
                }
            }
        }
        return null;
    }

    private @Nullable Declarations unit(int symbol) throws IOException {
        long address = elf.symbols().address(symbol);
        if (!units.containsKey(address)) {
            units.put(address, Declarations.at(dwarf, address));
        }
        return units.get(address);
    }

    private boolean isCode(int symbol) throws IOException {
        int type = elf.symbols().type(symbol);
        Section section = elf.sectionAt(elf.symbols().address(symbol));
        return (type == SymbolTable.STT_FUNC || type == SymbolTable.STT_NOTYPE)
                && section != null
                && section.isExecutable();
    }

    /** {@return the function in this file, or null} */
    @Nullable
    ProbeTarget function(ProbePoint point) throws IOException {
        String name = point.name();
        boolean symbol = false;
        for (int index : symbols.getOrDefault(name, List.of())) {
            if (!isCode(index)) {
                continue;
            }
            Declarations unit = unit(index);
            Subprogram function = unit == null ? null : unit.function(name);
            if (unit != null && function != null && hasCode(function)) {
                if (isNear(unit, point)) {
                    return target(point, function);
                }
            } else {
                symbol |= point.near().isEmpty() || unit == null;
            }
        }
        for (String neighbour : point.near()) {
            Declarations unit = unitOf(List.of(neighbour));
            Subprogram function = unit == null ? null : unit.function(name);
            if (function != null && hasCode(function)) {
                return target(point, function);
            }
        }
        return symbol
                ? new ProbeTarget(
                        point,
                        Presence.SYMBOL_ONLY,
                        file.module(),
                        List.of(),
                        symbolSites(name),
                        List.of(),
                        "no debug information in " + elf.name() + " says what it takes")
                : null;
    }

    private static boolean hasCode(Subprogram function) {
        return !function.bodies().isEmpty() || !function.inlined().isEmpty();
    }

    /** Whether the unit is the source file in the catalogue, and not another one with a function of this name. */
    private static boolean isNear(Declarations unit, ProbePoint point) throws IOException {
        for (String neighbour : point.near()) {
            if (unit.declares(neighbour)) {
                return true;
            }
        }
        return point.near().isEmpty();
    }

    private ProbeTarget target(ProbePoint point, Subprogram function) throws IOException {
        List<ProbeSite> own = new ArrayList<>();
        List<ProbeSite> clones = new ArrayList<>();
        for (Body body : function.bodies()) {
            ProbeSite site = site(point.name(), body);
            (site.kind() == ProbeSite.Kind.FUNCTION ? own : clones).add(site);
        }
        Presence presence = own.isEmpty() && clones.isEmpty() ? Presence.INLINED : Presence.PRESENT;
        List<ProbeSite> sites = own;
        sites.addAll(clones);
        for (InlinedCopy copy : function.inlined()) {
            // The compiler may split a function and inline a part into the rest: that is not a copy.
            if (sites.isEmpty() || !copy.callers().contains(point.name())) {
                sites.add(site(copy));
            }
        }
        return new ProbeTarget(point, presence, file.module(), parameters(function, 0), sites, List.of(), null);
    }

    private ProbeSite site(String name, Body body) throws IOException {
        SymbolTable table = elf.symbols();
        int best = -1;
        for (int index : symbols.getOrDefault(name, List.of())) {
            long room = body.entryPc() - table.address(index);
            if (room >= 0 && room <= MAX_PATCH_ROOM && (best < 0 || table.address(index) > table.address(best))) {
                best = index;
            }
        }
        String symbol = best < 0 ? null : table.name(best);
        boolean itself = symbol == null || symbol.equals(name);
        return new ProbeSite(
                itself ? ProbeSite.Kind.FUNCTION : ProbeSite.Kind.CLONE,
                symbol,
                0,
                best < 0 ? body.entryPc() : table.address(best),
                size(body.ranges()),
                List.of(),
                0,
                body.located());
    }

    private ProbeSite site(InlinedCopy copy) throws IOException {
        SymbolTable table = elf.symbols();
        int index = table.at(copy.entryPc());
        return new ProbeSite(
                ProbeSite.Kind.INLINED,
                index < 0 ? null : table.name(index),
                index < 0 ? 0 : copy.entryPc() - table.address(index),
                copy.entryPc(),
                size(copy.ranges()),
                copy.callers(),
                copy.callLine(),
                copy.located());
    }

    private List<ProbeSite> symbolSites(String name) throws IOException {
        SymbolTable table = elf.symbols();
        List<ProbeSite> sites = new ArrayList<>();
        for (int index : symbols.getOrDefault(name, List.of())) {
            String symbol = table.name(index);
            if (isCode(index) && !symbol.endsWith(".cold")) {
                ProbeSite.Kind kind = symbol.equals(name) ? ProbeSite.Kind.FUNCTION : ProbeSite.Kind.CLONE;
                sites.add(new ProbeSite(
                        kind, symbol, 0, table.address(index), table.size(index), List.of(), 0, List.of()));
            }
        }
        return sites;
    }

    private static long size(List<AddressRange> ranges) {
        long size = 0;
        for (AddressRange range : ranges) {
            size += range.high() - range.low();
        }
        return size;
    }

    private static List<ProbeParameter> parameters(Subprogram function, int from) {
        List<ProbeParameter> parameters = new ArrayList<>();
        for (int i = from; i < function.parameters().size(); i++) {
            Parameter parameter = function.parameters().get(i);
            parameters.add(ProbeParameter.of(i - from, parameter.name(), parameter.type()));
        }
        return parameters;
    }

    /** {@return the tracepoint in this file} */
    ProbeTarget tracepoint(ProbePoint point) throws IOException {
        String name = point.plainName();
        boolean there = symbols.containsKey("__tracepoint_" + name);
        List<ProbeParameter> parameters = List.of();
        List<Member> fields = List.of();
        if (there) {
            parameters = tracepointParameters(name);
            for (String recorder : recorders(name)) {
                Declarations unit = fields.isEmpty() ? unitOf(List.of(recorder)) : null;
                Structure written =
                        unit == null ? null : unit.structure(RECORD + recorder.substring(RECORDER.length()));
                fields = written == null ? fields : written.members();
            }
        }
        return new ProbeTarget(
                point,
                there ? Presence.PRESENT : Presence.ABSENT,
                null,
                parameters,
                List.of(),
                fields,
                there && parameters.isEmpty() ? "its parameters could not be told" : null);
    }

    /** A function calls the tracepoint's probes one after the other; older kernels do so inline, in a function too. */
    private List<ProbeParameter> tracepointParameters(String name) throws IOException {
        Declarations unit = unitOf(List.of(ITERATOR + name));
        Subprogram iterator = unit == null ? null : unit.function(ITERATOR + name);
        if (iterator != null && !iterator.parameters().isEmpty()) {
            // The first parameter is the private data of the probe.
            return parameters(iterator, 1);
        }
        for (String function : TypeSearch.ANCHORS) {
            unit = unitOf(List.of(function));
            Subprogram inline = unit == null ? null : unit.function("trace_" + name);
            if (inline != null) {
                return parameters(inline, 0);
            }
        }
        return List.of();
    }
}

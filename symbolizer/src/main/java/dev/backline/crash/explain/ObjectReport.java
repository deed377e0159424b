package dev.backline.crash.explain;

import dev.backline.crash.CrashReport;
import dev.backline.crash.Fact;
import dev.backline.crash.KmallocSizes;
import dev.backline.crash.ReportKind;
import dev.backline.crash.StackGroup;
import dev.backline.elf.ElfFile;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What KASAN, KFENCE and SLUB state about an object: its size and cache, where in it the access was, and who allocated
 * and freed it. Immutable.
 *
 * @param report the report
 * @param address of the access; null if unknown
 * @param access {@code read} or {@code write}; null if unknown, or if the object was freed
 * @param accessSize in bytes; 0 if unknown
 * @param isFree whether the report is about a call that frees the object
 * @param size of the object in bytes; 0 if unknown
 * @param cache null if unknown
 * @param offset of the access from the object's start; null if unknown, or if the numbers contradict each other
 * @param accessor the frame of the access; null if unknown
 * @param helper the function that the frame called and that made the access; null if the frame's own code made it
 * @param allocator the frame of the allocation; null if unknown
 * @param freer the frame that freed the object; null if the report names none
 * @param isFreed whether the object was free when it was accessed
 */
record ObjectReport(
        CrashReport report,
        @Nullable Long address,
        @Nullable String access,
        int accessSize,
        boolean isFree,
        long size,
        @Nullable String cache,
        @Nullable Long offset,
        @Nullable LogFrame accessor,
        @Nullable String helper,
        @Nullable LogFrame allocator,
        @Nullable LogFrame freer,
        boolean isFreed) {
    /** The greatest object of a kmalloc cache is 8 KiB; greater ones are whole pages, up to 4 MiB. */
    private static final long MAX_OBJECT = 1 << 22;

    private static final int MAX_ACCESS = 1 << 20;

    /** Functions that report, or that the fault's handling consists of, after leading underscores. */
    private static final String[] REPORTING =
            ("kasan_ asan_ hwasan_ kfence_ dump_stack print_report print_address end_report check_region_inline"
                            + " check_memory_region exc_page_fault asm_exc_ page_fault handle_page_fault do_page_fault"
                            + " kernelmode_fixup bad_area no_context do_kern_addr_fault do_translation_fault"
                            + " do_mem_abort do_kernel_fault el1_ el1h_64_ show_stack dump_backtrace slab_bug"
                            + " slab_err object_err print_trailer check_bytes_and_report check_object do_bad_area die_kernel_fault")
                    .split(" ");

    /** Functions of the allocators, after leading underscores. */
    private static final String[] ALLOCATORS =
            ("kasan_ kfence_ kmalloc kzalloc kcalloc kmem_ kmemdup kstrdup kstrndup memdup kvmalloc kvmemdup krealloc"
                            + " kvrealloc vmalloc vzalloc kfree kvfree vfree kzfree slab_ slub_ do_slab_free cache_free"
                            + " set_track save_stack stack_trace_save stack_depot post_alloc_hook alloc_debug free_debug"
                            + " set_alloc_info set_free_info qlink_free qlist_free")
                    .split(" ");

    static ObjectReport of(CrashReport report, @Nullable String culprit) {
        String access = report.fact(Fact.ACCESS);
        String type = Explainer.text(report, Fact.TYPE);
        Long address = Condition.number(report.fact(Fact.ADDRESS));
        long size = decimal(report.fact(Fact.OBJECT_SIZE), 0, MAX_OBJECT);
        String cache = report.fact(Fact.CACHE);
        if (size == 0 && cache != null) {
            size = KmallocSizes.ofCache(cache);
        }
        LogFrame accessor = null;
        String helper = null;
        for (LogFrame each : ReportFrames.of(report).trace()) {
            String function = ReportFrames.function(each);
            if (!each.frame().reliable() || function == null || isReporting(function)) {
                continue;
            }
            if (culprit == null ? !Helpers.isHelper(function, each.module()) : has(each, culprit)) {
                accessor = each;
                break;
            }
            helper = function;
        }
        LogFrame allocator = first(report, StackGroup.Role.ALLOCATED);
        LogFrame freer = first(report, StackGroup.Role.FREED);
        boolean reads = "read".equals(access);
        return new ObjectReport(
                report,
                address,
                reads || "write".equals(access) ? access : null,
                (int) decimal(report.fact(Fact.SIZE), 0, MAX_ACCESS),
                "free".equals(access) || type.contains("invalid free") || type.contains("already free"),
                size,
                cache,
                offset(report, address),
                accessor,
                helper,
                allocator,
                freer,
                type.contains("use-after-free") || (report.kind() == ReportKind.SLUB && type.startsWith("Poison")));
    }

    private static boolean isReporting(String function) {
        return Helpers.starts(function, REPORTING) && bufferArgument(function, "read") < 0;
    }

    /**
     * {@return the number of the argument through which a function of lib/string.c or a copy to or from user space made
     * an access; -1 for other functions}
     *
     * @param function such as {@code memcpy} or {@code __asan_memcpy}
     * @param access {@code read} or {@code write}
     */
    static int bufferArgument(String function, String access) {
        String name = function.replace("hwasan_", "").replace("asan_", "").replace("_", "");
        return switch (name) {
            case "memset", "memchr", "memscan", "strlen", "strnlen", "strchr", "strrchr", "kmemdup", "kstrdup" -> 0;
            case "memcpy", "memmove", "strcpy", "strncpy", "strscpy", "strlcpy", "strcat" ->
                access.equals("write") ? 0 : 1;
            case "copyfromuser" -> 0;
            case "copytouser" -> 1;
            default -> -1;
        };
    }

    private static boolean has(LogFrame frame, String function) {
        for (SourceFrame each : ReportFrames.source(frame)) {
            if (function.equals(each.function())) {
                return true;
            }
        }
        return function.equals(ReportFrames.function(frame));
    }

    /** The first frame of a stack that is in no function of the allocators. */
    private static @Nullable LogFrame first(CrashReport report, StackGroup.Role role) {
        for (StackGroup group : report.stacks()) {
            if (group.role() != role) {
                continue;
            }
            for (LogFrame each : group.frames()) {
                String function = ReportFrames.function(each);
                if (function == null || !each.frame().reliable()) {
                    return null;
                }
                if (!isAllocator(function, each.module())) {
                    return each;
                }
            }
            return null;
        }
        return null;
    }

    private static boolean isAllocator(String function, @Nullable String module) {
        return module == null && Helpers.starts(function, ALLOCATORS);
    }

    /** The offset by the report's words and by its addresses, which KFENCE and SLUB can print hashed. */
    private static @Nullable Long offset(CrashReport report, @Nullable Long address) {
        Long stated = signed(report.fact(Fact.OBJECT_OFFSET));
        Long object = Condition.number(report.fact(Fact.OBJECT));
        // The top byte of arm64's pointers can be a tag
        Long computed = address == null || object == null ? null : Long.valueOf(((address - object) << 8) >> 8);
        if (report.kind() == ReportKind.KASAN && stated != null && computed != null) {
            // The words can be about the first bad byte of the access
            long further = stated - computed;
            long size = decimal(report.fact(Fact.SIZE), 0, MAX_ACCESS);
            return further == 0 || (further > 0 && further < size) ? computed : null;
        }
        boolean isNear = computed != null && computed > -MAX_OBJECT && computed < MAX_OBJECT;
        return stated != null ? stated : isNear ? computed : null;
    }

    private static @Nullable Long signed(@Nullable String text) {
        if (text == null) {
            return null;
        }
        boolean negative = text.startsWith("-");
        long number = decimal(negative ? text.substring(1) : text, -1, MAX_OBJECT);
        return number < 0 ? null : Long.valueOf(negative ? -number : number);
    }

    /** A decimal number; another one if it is none or greater than a limit. */
    private static long decimal(@Nullable String text, long otherwise, long limit) {
        if (text == null || text.isEmpty() || text.length() > 9) {
            return otherwise;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return otherwise;
            }
        }
        long number = Long.parseLong(text);
        return number > limit ? otherwise : number;
    }

    /** The instruction set of the file of a frame; null if no frame has an ELF file. */
    @Nullable
    InstructionSet instructionSet() {
        for (LogFrame each : Arrays.asList(accessor, allocator, freer)) {
            Symbolizer file = each == null ? null : each.symbolizer();
            ElfFile elf = file == null ? null : file.elf();
            if (elf != null) {
                return InstructionSet.ofElf(elf.header().machine(), elf.header().is64());
            }
        }
        return null;
    }

    /** Whether the access starts in the object. */
    boolean isInside() {
        return offset != null && offset >= 0 && (size == 0 || offset < size);
    }

    /** The bytes of an access that starts in the object and ends beyond it; 0 if it does not. */
    long overrun() {
        Long at = offset;
        return at == null || size == 0 || !isInside() ? 0 : Math.max(0, at + accessSize - size);
    }

    /**
     * {@return the name of a frame's function, the innermost that is neither an allocator nor a helper in a header; null
     * if unknown}
     */
    static @Nullable String nameOf(@Nullable LogFrame frame) {
        if (frame == null) {
            return null;
        }
        List<SourceFrame> source = ReportFrames.source(frame);
        for (SourceFrame each : source) {
            String name = each.function();
            if (name != null
                    && !(each.inlined() && (Helpers.isHelperFile(each.path()) || Helpers.starts(name, ALLOCATORS)))) {
                return name;
            }
        }
        return ReportFrames.function(frame);
    }

    /** The place of the access in words: {@code 8 bytes inside of a 64-byte object of kmalloc-64}; null if unknown. */
    @Nullable
    String place() {
        Long at = offset;
        if (at == null) {
            return null;
        }
        String object = (size > 0 ? "a " + size + "-byte object" : "an object") + (cache == null ? "" : " of " + cache);
        if (at < 0) {
            return bytes(-at) + " before the start of " + object;
        }
        return size > 0 && at >= size
                ? (at == size ? "at the end of " : bytes(at - size) + " beyond the end of ") + object
                : bytes(at) + " inside of " + object;
    }

    static String bytes(long count) {
        return count + (count == 1 ? " byte" : " bytes");
    }
}

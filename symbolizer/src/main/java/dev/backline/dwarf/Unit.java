package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.io.Lazy;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A compilation unit, partial unit or split unit: a {@link UnitContext}, and the function and line tables, which are
 * decoded on first use. Thread-safe.
 */
final class Unit implements FunctionNames.Source, FunctionIndex.Growth {
    /** The services that a unit needs from its file. */
    interface Owner extends UnitContext.References {
        /** {@return the split part of a skeleton unit, or null if there is none or its file is missing} */
        @Nullable
        UnitContext split(UnitContext skeleton) throws IOException;

        /** {@return a reader of the names of function entries in all units of the file} */
        FunctionNames.Reader names();

        /** Adds to the memory of the unit at the offset. */
        void grew(long unit, long bytes);
    }

    private final Owner owner;
    private final UnitContext context;
    /** For a split unit, the skeleton unit in the main file; else null. */
    private final @Nullable Unit skeleton;

    private final Lazy<FunctionTable, IOException> functions = new Lazy<>() {
        @Override
        protected FunctionTable compute() throws IOException {
            return readFunctions();
        }
    };
    private final Lazy<FunctionIndex, IOException> functionIndex = new Lazy<>() {
        @Override
        protected FunctionIndex compute() throws IOException {
            return readFunctionIndex();
        }
    };
    private final Lazy<LineTable, IOException> lines = new Lazy<>() {
        @Override
        protected LineTable compute() throws IOException {
            return readLines();
        }
    };

    private Unit(Owner owner, UnitContext context, @Nullable Unit skeleton) {
        this.owner = owner;
        this.context = context;
        this.skeleton = skeleton;
    }

    /** Reads the header and root entry of the unit at the offset in {@code .debug_info}. */
    static Unit read(Owner owner, DebugSections sections, long offset) throws IOException {
        return new Unit(owner, UnitContext.read(sections, UnitHeader.read(sections, offset), owner), null);
    }

    UnitContext context() {
        return context;
    }

    /** The split part of the unit; null if the unit is not a skeleton or the file with the part is missing. */
    @Nullable
    Unit split() throws IOException {
        // A split unit has a DW_AT_dwo_name too.
        UnitContext split = skeleton == null ? owner.split(context) : null;
        return split == null ? null : new Unit(owner, split, this);
    }

    private FunctionTable readFunctions() throws IOException {
        Unit split = split();
        if (split != null) {
            return split.functions();
        }
        FunctionTable table = FunctionTable.read(context, this, context.body());
        grew(table.weight());
        return table;
    }

    private FunctionIndex readFunctionIndex() throws IOException {
        Unit split = split();
        if (split != null) {
            return split.functionIndex.get();
        }
        FunctionIndex index = FunctionIndex.read(context, this, owner.names(), this);
        grew(index.weight() + context.abbreviations().weight());
        return index;
    }

    private LineTable readLines() throws IOException {
        if (skeleton != null) {
            return skeleton.lines();
        }
        Attributes root = context.root();
        if (!root.has(STMT_LIST)) {
            throw new DwarfException(
                    context.sections().file(),
                    Kind.INFO.sectionName,
                    context.header().offset(),
                    "the unit has no line table");
        }
        LineTable table = LineTable.read(context, root.value(STMT_LIST));
        grew(table.weight());
        return table;
    }

    @Override
    public void grew(long bytes) {
        if (skeleton == null) {
            owner.grew(context.header().offset(), bytes);
        } else {
            skeleton.grew(bytes);
        }
    }

    /** A table with the function at the address, or null if no function of the unit has it. */
    @Nullable
    FunctionTable functionsAt(long address) throws IOException {
        FunctionIndex index = functionIndex.get();
        return index.isEntangled() ? functions.get() : index.at(address);
    }

    /** All functions of the unit; for a skeleton, those of its split unit unless its file is missing. */
    FunctionTable functions() throws IOException {
        return functions.get();
    }

    @Override
    public FunctionNames names(long entry) throws IOException {
        return functionIndex.get().names(entry);
    }

    @Override
    public FunctionNames supplementaryNames(long entry) throws IOException {
        return owner.names().supplementary(entry);
    }

    @Override
    public FunctionNames readNames(Cursor body, long entry) throws IOException {
        return owner.names().read(context, body, entry);
    }

    /**
     * Adds the address ranges of the unit's code, from the root entry or else from the functions, since old compilers
     * write no ranges for a unit with code in several sections.
     *
     * @return how many of the ranges come from the root entry
     */
    int code(AddressRanges into) throws IOException {
        Attributes root = context.root();
        new RangeLists(context).read(root, into);
        int own = into.count();
        boolean hasRanges = (root.has(LOW_PC) && root.has(HIGH_PC)) || root.has(RANGES);
        if (own > 0 || hasRanges || isPartial() || context.header().isTypeUnit()) {
            return own;
        }
        FunctionTable all = functions();
        for (int i = 0; i < all.boundaries() - 1; i++) {
            if (all.owner(i) != FunctionTable.NONE) {
                into.add(all.start(i), all.start(i + 1));
            }
        }
        return 0;
    }

    private boolean isPartial() {
        return context.rootTag() == DW_TAG_partial_unit || context.header().type() == DW_UT_partial;
    }

    boolean hasLines() {
        return skeleton == null ? context.root().has(STMT_LIST) : skeleton.hasLines();
    }

    /** The length of the line table in bytes, which bounds the number of its rows. */
    int lineBytes() throws IOException {
        return skeleton == null
                ? LineTable.length(context.sections(), context.root().value(STMT_LIST))
                : skeleton.lineBytes();
    }

    LineTable lines() throws IOException {
        return lines.get();
    }

    /** The file that the unit was compiled from. */
    SourceFile source() throws IOException {
        Attributes all = new Attributes();
        context.readEntry(context.header().firstEntry(), all);
        String name = all.has(NAME) ? context.string(all.form(NAME), all.value(NAME)) : "";
        return new SourceFile(context.compilationDirectory(), "", name);
    }
}

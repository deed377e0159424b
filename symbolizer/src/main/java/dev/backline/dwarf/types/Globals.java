package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Entry;
import dev.backline.dwarf.UnitFunctions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Finds the types of variables outside of functions. Stateless, thread-safe. */
public final class Globals {
    private Globals() {}

    /**
     * {@return the type of a variable that the unit with code at an address declares outside of its functions; null if
     * it declares none with this name}
     *
     * @param dwarf the debug information of the file
     * @param address of code in the ELF file
     * @param name of the variable
     * @throws IOException if the unit is damaged
     */
    public static @Nullable Layout layout(Dwarf dwarf, long address, String name) throws IOException {
        UnitFunctions functions = UnitFunctions.holding(dwarf, address);
        if (functions == null) {
            return null;
        }
        Layout[] found = new Layout[1];
        functions.root().children(new Entry.Visitor() {
            @Override
            public boolean visit(int tag, Entry child, Attributes attributes) throws IOException {
                if (tag == DW_TAG_variable && attributes.has(TYPE) && name.equals(child.string(attributes, NAME))) {
                    found[0] = Layout.of(child, attributes);
                }
                return found[0] == null;
            }
        });
        return found[0];
    }
}

package dev.backline.elf;

import java.io.IOException;

/**
 * A file that is not the ELF it claims to be. The message names the file, the place (section and
 * offset, in hex) and the rule that is broken, on one line.
 */
public class ElfException extends IOException {
    private static final long serialVersionUID = 1L;

    public ElfException(String message) {
        super(message);
    }

    public ElfException(String message, Throwable cause) {
        super(message, cause);
    }
}

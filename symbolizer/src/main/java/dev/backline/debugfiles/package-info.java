/**
 * Where a kernel's debug files come from. The identity of a kernel (release, build id) comes in; the file with its debug
 * information goes out, or the reason why there is none and what to do about it. Files of another build are refused.
 *
 * <pre>{@code
 * DebugFiles files = DebugFiles.builder()
 *         .source(new DebugDirectory(Path.of("/srv/debug")))
 *         .source(new InstalledFiles(Path.of("/")))
 *         .build();
 * DebugFileLookup vmlinux = files.kernel(KernelIdentity.ofRelease("6.1.0-9-amd64"));
 * if (vmlinux instanceof MissingFile missing) {
 *     System.err.println(missing.message());
 * }
 * }</pre>
 *
 * <p>Names that come from a log (modules, releases, build ids) become part of a path only when they look like what they
 * should be.
 */
@NullMarked
package dev.backline.debugfiles;

import org.jspecify.annotations.NullMarked;

/**
 * Finds a kernel's debug files. Input: the kernel's identity (release, build id). Output: the file with its debug
 * information, or a message that says why no file was found and how to get one. Files from another build are refused.
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
 * <p>Names from a log (modules, releases, build ids) are used in a path only if they are valid.
 */
@NullMarked
package dev.backline.debugfiles;

import org.jspecify.annotations.NullMarked;

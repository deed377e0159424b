/**
 * One kernel build: a release or build id and the places to look in come in; which file a frame reference is in, and
 * where in it, goes out, or the reason why that cannot be told.
 *
 * <p>{@link dev.backline.debugfiles.DebugFiles} knows where files with debug information come from, {@link
 * dev.backline.kernel.KernelBuild} holds those of one build, and {@link dev.backline.kernel.Boot} what {@link
 * dev.backline.kernel.LoadMap} knows of where one boot had loaded them.
 *
 * <pre>{@code
 * DebugFiles files = DebugFiles.builder().source(new InstalledFiles(Path.of("/"))).build();
 * try (KernelBuild build = KernelBuild.of(files, KernelIdentity.ofRelease("6.1.0-9-amd64"))) {
 *     LoadMap map = LoadMap.builder().kallsyms(Path.of("kallsyms.txt.xz")).build();
 *     Location place = build.boot(map).locate(FrameReference.parse("0xffffffffc03f64f4"));
 *     if (place instanceof Located found) {
 *         System.out.println(found.file() + " " + Long.toHexString(found.reference().address()));
 *     } else if (place instanceof NotLocated missing) {
 *         System.err.println(missing.message());
 *     }
 * }
 * }</pre>
 *
 * <p>"Not found" is a value. Names that come from a log (modules, releases, build ids) become part of a path only when
 * they look like what they should be.
 */
@NullMarked
package dev.backline.kernel;

import org.jspecify.annotations.NullMarked;

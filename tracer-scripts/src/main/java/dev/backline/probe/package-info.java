/**
 * What to probe for TCP resets, what of it a kernel build has, and the scripts that do it.
 *
 * <p>In comes one kernel build ({@link dev.backline.symbolize.KernelSymbolizer}); out goes, for each function and
 * tracepoint of the {@linkplain dev.backline.probe.ProbeCatalogue catalogue}, whether and where this build has it, with
 * which parameters, cloned and inlined where; and the enumerations and structure members that a script wants to print.
 * Everything is read from the build's own symbols and debug information: nothing is concluded from its version. From that
 * and {@link dev.backline.probe.ScriptOptions} comes a SystemTap or bpftrace script, its explanation in words, and what
 * the tool on this machine says of it.
 *
 * <pre>{@code
 * KernelProbes probes = KernelProbes.of(kernel);
 * ProbeTarget reset = probes.target("tcp_v4_send_reset");
 * if (reset.isPresent() && reset.reason() != null) System.out.println(probes.types().reasons());
 * ScriptOptions options = ScriptOptions.builder().port(443).build();
 * System.out.print(ProbeScript.of(ScriptTool.SYSTEMTAP, options, probes, "rst.stp"));
 * }</pre>
 */
@NullMarked
package dev.backline.probe;

import org.jspecify.annotations.NullMarked;

/**
 * Packet captures (pcap, pcapng) come in; TCP flows go out, and, for one event of a probe, the RST and the packet before it
 * as each capture has them.
 *
 * <pre>{@code
 * PacketTraces packets = new PacketTraces();
 * packets.read("host", "host.pcap", Files.newInputStream(Path.of("host.pcap")));
 * Wire wire = packets.wire(event);
 * }</pre>
 */
@NullMarked
package dev.backline.packet;

import org.jspecify.annotations.NullMarked;

/**
 * Packet captures (pcap, pcapng) come in. TCP connections go out and, for one event of a probe, the RST and the packet that
 * provoked it, as each capture shows them.
 *
 * <pre>{@code
 * PacketTraces packets = new PacketTraces();
 * packets.read("host", "host.pcap", Files.newInputStream(Path.of("host.pcap")));
 * Wire wire = packets.match(event, null);   // null when no capture shows it
 * }</pre>
 */
@NullMarked
package dev.backline.packet;

import org.jspecify.annotations.NullMarked;

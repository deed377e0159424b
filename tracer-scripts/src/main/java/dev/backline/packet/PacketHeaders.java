package dev.backline.packet;

/** Finds the TCP header in a captured packet, for the link types that captures of Linux hosts have. */
final class PacketHeaders {
    /** www.tcpdump.org/linktypes.html */
    private static final int LINKTYPE_NULL = 0;

    private static final int LINKTYPE_ETHERNET = 1;
    private static final int LINKTYPE_RAW = 101;
    private static final int LINKTYPE_LOOP = 108;
    private static final int LINKTYPE_LINUX_SLL = 113;
    private static final int LINKTYPE_IPV4 = 228;
    private static final int LINKTYPE_IPV6 = 229;
    private static final int LINKTYPE_LINUX_SLL2 = 276;

    /** DLT_RAW, which some systems write instead of the link type. */
    private static final int DLT_RAW = 12;

    private static final int DLT_RAW_OPENBSD = 14;

    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_HEADER = 20;

    /** As far as the window: what a packet that was cut short must still have. */
    private static final int TCP_NEEDED = 16;

    private static final int MAX_TAGS = 8;
    private static final int MAX_EXTENSION_HEADERS = 16;

    private PacketHeaders() {}

    static boolean knows(int linkType) {
        return switch (linkType) {
            case LINKTYPE_NULL,
                    LINKTYPE_ETHERNET,
                    LINKTYPE_RAW,
                    DLT_RAW,
                    DLT_RAW_OPENBSD,
                    LINKTYPE_LOOP,
                    LINKTYPE_LINUX_SLL,
                    LINKTYPE_IPV4,
                    LINKTYPE_IPV6,
                    LINKTYPE_LINUX_SLL2 -> true;
            default -> false;
        };
    }

    /**
     * Reads the headers of a packet.
     *
     * @param at where the packet starts in the bytes
     * @param end where what was captured of it ends
     * @param original the length it had on the wire
     * @param into takes what the headers say
     * @return false when it is no TCP, a later fragment, or too little of it was captured
     */
    static boolean read(int linkType, byte[] bytes, int at, int end, long original, TcpPacket into) {
        // Where a length field is 0, the card cut the packet into pieces later: the capture knows its length.
        long behind = at + Math.min(original, Integer.MAX_VALUE / 2);
        return switch (linkType) {
            case LINKTYPE_ETHERNET -> tagged(bytes, at + 12, end, behind, into);
            case LINKTYPE_LINUX_SLL -> tagged(bytes, at + 14, end, behind, into);
            case LINKTYPE_LINUX_SLL2 -> at + 2 <= end && network(u16(bytes, at), bytes, at + 20, end, behind, into);
            case LINKTYPE_NULL, LINKTYPE_LOOP -> ip(bytes, at + 4, end, behind, into);
            default -> ip(bytes, at, end, behind, into);
        };
    }

    /** An EtherType, with or without VLAN tags before it (IEEE 802.1Q, 802.1ad). */
    private static boolean tagged(byte[] bytes, int at, int end, long behind, TcpPacket into) {
        int type = at;
        for (int tags = 0; tags < MAX_TAGS && type + 2 <= end; tags++, type += 4) {
            int value = u16(bytes, type);
            if (value != 0x8100 && value != 0x88a8 && value != 0x9100) {
                return network(value, bytes, type + 2, end, behind, into);
            }
        }
        return false;
    }

    private static boolean network(int type, byte[] bytes, int at, int end, long behind, TcpPacket into) {
        return switch (type) {
            case ETHERTYPE_IPV4, ETHERTYPE_IPV6 -> ip(bytes, at, end, behind, into);
            // Cooked captures leave a tag behind their own header.
            case 0x8100, 0x88a8, 0x9100 -> tagged(bytes, at + 2, end, behind, into);
            default -> false;
        };
    }

    private static boolean ip(byte[] bytes, int at, int end, long behind, TcpPacket into) {
        if (at >= end) {
            return false;
        }
        return switch ((bytes[at] & 0xff) >> 4) {
            case 4 -> ipv4(bytes, at, end, behind, into);
            case 6 -> ipv6(bytes, at, end, behind, into);
            default -> false;
        };
    }

    /** RFC 791 3.1. */
    private static boolean ipv4(byte[] bytes, int at, int end, long behind, TcpPacket into) {
        int header = (bytes[at] & 0xf) * 4;
        if (header < 20 || at + header > end || bytes[at + 9] != IPPROTO_TCP || (u16(bytes, at + 6) & 0x1fff) != 0) {
            return false;
        }
        int total = u16(bytes, at + 2);
        into.id = u16(bytes, at + 4);
        into.fromHigh = 0;
        into.fromLow = 0xffff_0000_0000L | u32(bytes, at + 12);
        into.toHigh = 0;
        into.toLow = 0xffff_0000_0000L | u32(bytes, at + 16);
        return tcp(bytes, at + header, end, total == 0 ? behind : at + total, into);
    }

    /** RFC 8200 3 and 4. */
    private static boolean ipv6(byte[] bytes, int at, int end, long behind, TcpPacket into) {
        if (at + 40 > end) {
            return false;
        }
        int payload = u16(bytes, at + 4);
        into.id = 0;
        into.fromHigh = u64(bytes, at + 8);
        into.fromLow = u64(bytes, at + 16);
        into.toHigh = u64(bytes, at + 24);
        into.toLow = u64(bytes, at + 32);
        long last = payload == 0 ? behind : at + 40 + payload;
        int next = bytes[at + 6] & 0xff;
        int header = at + 40;
        for (int i = 0; i < MAX_EXTENSION_HEADERS && header + 8 <= end; i++) {
            int length;
            switch (next) {
                case IPPROTO_TCP -> {
                    return tcp(bytes, header, end, last, into);
                }
                // Hop-by-hop options, routing, destination options, mobility.
                case 0, 43, 60, 135 -> length = ((bytes[header + 1] & 0xff) + 1) * 8;
                case 44 -> {
                    if ((u16(bytes, header + 2) & 0xfff8) != 0) {
                        return false;
                    }
                    length = 8;
                }
                // RFC 4302 2.2: in units of four bytes, less two.
                case 51 -> length = ((bytes[header + 1] & 0xff) + 2) * 4;
                default -> {
                    return false;
                }
            }
            next = bytes[header] & 0xff;
            header += length;
        }
        return false;
    }

    private static boolean tcp(byte[] bytes, int at, int end, long behind, TcpPacket into) {
        if (at + TCP_NEEDED > end) {
            return false;
        }
        int header = ((bytes[at + 12] & 0xff) >> 4) * 4;
        if (header < TCP_HEADER || at + header > behind) {
            return false;
        }
        into.fromPort = u16(bytes, at);
        into.toPort = u16(bytes, at + 2);
        into.sequence = (int) u32(bytes, at + 4);
        into.acknowledgment = (int) u32(bytes, at + 8);
        into.flags = bytes[at + 13] & 0xff;
        into.window = u16(bytes, at + 14);
        into.length = (int) (behind - at - header);
        into.windowScale =
                into.is(TcpPacket.SYN) ? windowScale(bytes, at + TCP_HEADER, Math.min(end, at + header)) : -1;
        return true;
    }

    /** RFC 7323 2.2: option 3; a shift above 14 counts as 14. */
    private static int windowScale(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != 0) {
            if (bytes[at] == 1) {
                at++;
                continue;
            }
            int length = at + 1 < end ? bytes[at + 1] & 0xff : 0;
            if (length < 2) {
                return -1;
            }
            if (bytes[at] == 3 && at + 2 < end) {
                return Math.min(bytes[at + 2] & 0xff, 14);
            }
            at += length;
        }
        return -1;
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    private static long u32(byte[] bytes, int at) {
        return (long) u16(bytes, at) << 16 | u16(bytes, at + 2);
    }

    private static long u64(byte[] bytes, int at) {
        return u32(bytes, at) << 32 | u32(bytes, at + 4);
    }
}

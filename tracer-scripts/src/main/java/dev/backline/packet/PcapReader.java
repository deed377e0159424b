package dev.backline.packet;

import java.io.IOException;

/** Reads pcap (draft-ietf-opsawg-pcap), of both byte orders, with microseconds or nanoseconds. */
final class PcapReader {
    private static final int HEADER = 24;
    private static final int RECORD = 16;

    private PcapReader() {}

    /**
     * @param big the byte order of the file's numbers
     * @param nano whether times are in nanoseconds
     */
    static void read(PacketFile file, boolean big, boolean nano) throws IOException {
        PacketBytes bytes = file.bytes;
        if (!bytes.has(HEADER)) {
            file.damaged(bytes.offset(), 0, "the file ends within pcap's file header of 24 bytes");
            return;
        }
        bytes.order(big);
        long snapshotLength = bytes.u32(16);
        // What stands above is the length of the frame check sequence.
        int linkType = bytes.i32(20) & 0xffff;
        bytes.skip(HEADER);
        for (long number = 1; bytes.has(1); number++) {
            long start = bytes.offset();
            if (!bytes.has(RECORD)) {
                file.damaged(start, number - 1, "the file ends within a record's header of 16 bytes");
                return;
            }
            long time = bytes.u32(0) * 1_000_000_000L + bytes.u32(4) * (nano ? 1 : 1000);
            long captured = bytes.u32(8);
            long original = bytes.u32(12);
            if (!PacketFile.plausible(captured, snapshotLength)) {
                file.damaged(
                        start,
                        number - 1,
                        "a record claims " + captured + " bytes, more than the file's snapshot length of "
                                + snapshotLength);
                return;
            }
            bytes.skip(RECORD);
            int looked = (int) Math.min(captured, PacketBytes.MOST);
            boolean whole = bytes.has(looked);
            if (whole) {
                file.packet(number, time, linkType, looked, original);
            }
            if (!whole || !bytes.skip(captured)) {
                file.damaged(
                        start, whole ? number : number - 1, "the file ends within a record of " + captured + " bytes");
                return;
            }
        }
    }
}

package dev.backline.gsym;

/** The 32-bit FNV-1a hash of the extension's name index. */
final class NameHash {
    private NameHash() {}

    static int of(byte[] bytes, int from, int to) {
        int hash = 0x811c9dc5;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (bytes[i] & 0xff)) * 0x0100_0193;
        }
        return hash;
    }
}

package dev.backline.gsym;

/** FNV-1a of 32 bits, by which the extension's name index finds symbols. */
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
